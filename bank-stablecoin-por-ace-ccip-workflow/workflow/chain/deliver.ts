// Delivers a signed report to the consumer.
import { type Report, type Runtime, TxStatus, bytesToHex } from '@chainlink/cre-sdk'
import type { Address, Hex } from 'viem'
import { WorkflowFailure } from '../base/errors'
import type { Config } from '../config/config'
import type { Chain } from './chain'

/** Value of the SDK's ReceiverContractExecutionStatus enum, which it does not export. */
const RECEIVER_REVERTED = 1

/** A report that reached the forwarder; `refused` tells that the consumer itself reverted. */
export type Delivery = { txHash: Hex; refused: boolean }

/** Writes a signed report through the forwarder to the consumer; throws when no transaction carried it. */
export function deliverReport(
  runtime: Runtime<Config>,
  params: { chain: Chain; consumer: Address; report: Report },
): Delivery {
  const reply = params.chain.evm
    .writeReport(runtime, {
      receiver: params.consumer,
      report: params.report,
      gasConfig: { gasLimit: runtime.config.gasLimit },
    })
    .result()
  if (reply.txStatus !== TxStatus.SUCCESS || reply.txHash === undefined || reply.txHash.length !== 32) {
    throw new WorkflowFailure(`the report was not delivered: transaction status ${reply.txStatus}`)
  }
  return {
    txHash: bytesToHex(reply.txHash) as Hex,
    refused: reply.receiverContractExecutionStatus === RECEIVER_REVERTED,
  }
}
