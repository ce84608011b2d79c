// Delivers a signed report to the consumer.
import { type Report, type Runtime, TxStatus, bytesToHex } from '@chainlink/cre-sdk'
import type { Address, Hex } from 'viem'
import { WorkflowFailure } from '../base/errors'
import type { Config } from '../config/config'
import type { Chain } from './chain'

/** Value of the SDK's ReceiverContractExecutionStatus enum, which it does not export. */
const RECEIVER_REVERTED = 1

/**
 * A report that reached the forwarder; `refused` tells that the consumer itself reverted. `txHash` is undefined in the dry
 * run of `cre workflow simulate`, which signs and sends nothing and says so by a success without a transaction.
 */
export type Delivery = { txHash: Hex | undefined; refused: boolean }

/** Writes a signed report through the forwarder to the consumer; throws when it was not written. */
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
  const txHash = reply.txHash ?? new Uint8Array()
  if (reply.txStatus !== TxStatus.SUCCESS || ![0, 32].includes(txHash.length)) {
    throw new WorkflowFailure(`the report was not delivered: transaction status ${reply.txStatus}`)
  }
  return {
    txHash: txHash.length === 0 ? undefined : (bytesToHex(txHash) as Hex),
    refused: reply.receiverContractExecutionStatus === RECEIVER_REVERTED,
  }
}
