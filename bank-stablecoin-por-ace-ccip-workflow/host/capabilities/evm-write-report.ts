// Delivers a signed report, for the EVM capability.
import { create } from '@bufbuild/protobuf'
import { EVM_PB } from '@chainlink/cre-sdk/pb'
import { getAddress, hexToBytes, toHex } from 'viem'
import { CapabilityError } from '../base/errors'
import { fromBigInt } from '../base/values'
import { HEADER_BYTES } from '../chain/report'
import { type TransmissionOutcome, transmitReport } from '../chain/transmit'
import { payloadOf, reply } from './call'
import type { EvmMethod } from './evm-context'

/** Delivers a signed report through the forwarder; what was delivered before is found, not sent again. */
export const writeReport: EvmMethod = async (context, call) => {
  const { receiver, report, gasConfig } = payloadOf(call, EVM_PB.WriteReportRequestSchema)
  if (receiver.length !== 20) throw new CapabilityError('InvalidArgument', 'the receiver is no address')
  if (report === undefined || report.rawReport.length < HEADER_BYTES) {
    throw new CapabilityError('InvalidArgument', 'WriteReport needs a signed report')
  }
  const { limits } = call.quota
  const gasLimit = gasConfig === undefined || gasConfig.gasLimit === 0n ? limits.evmGas : gasConfig.gasLimit
  if (gasLimit > limits.evmGas) {
    throw new CapabilityError('LimitExceeded', `quota evmGas exceeded: ${gasLimit} wanted, ${limits.evmGas} allowed`)
  }
  call.quota.fit('reportBytes', report.rawReport.length)
  const header = Buffer.from(report.rawReport)
  const { don, chain, rpc, transmitter, heights, deliveries } = context
  const { chainId, forwarder } = chain
  const funds = await context.funds().catch(() => undefined)
  const outcome = await transmitReport(
    { rpc, chainId, forwarder, transmitter, journal: don.journal, over: don.over, funds, memory: deliveries },
    {
      id: {
        receiver: getAddress(toHex(receiver)),
        executionId: toHex(header.subarray(1, 33)),
        reportId: header.readUInt16BE(107),
      },
      rawReport: toHex(report.rawReport),
      context: toHex(report.reportContext),
      signatures: report.sigs.map(({ signature }) => toHex(signature)),
      gasLimit,
    },
  )
  heights.clear()
  const { txHash, cost } = outcome
  don.evidence.delivered({ txHash, ...cost, ...(funds === undefined ? {} : { balanceWei: funds.balance }) })
  if (cost !== undefined) {
    don.evidence.took('deliver', cost.sentMillis)
    don.evidence.took('confirm', cost.minedMillis)
  }
  return reply(EVM_PB.WriteReportReplySchema, replyOf(outcome))
}

function replyOf(outcome: TransmissionOutcome): EVM_PB.WriteReportReply {
  return create(EVM_PB.WriteReportReplySchema, {
    txStatus: outcome.txStatus === 'success' ? EVM_PB.TxStatus.SUCCESS : EVM_PB.TxStatus.REVERTED,
    receiverContractExecutionStatus:
      outcome.receiver === 'success'
        ? EVM_PB.ReceiverContractExecutionStatus.SUCCESS
        : EVM_PB.ReceiverContractExecutionStatus.REVERTED,
    txHash: hexToBytes(outcome.txHash),
    transactionFee:
      outcome.cost === undefined ? undefined : fromBigInt(outcome.cost.gasUsed * outcome.cost.gasPriceWei),
    errorMessage: outcome.errorMessage,
  })
}
