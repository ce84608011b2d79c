// Handles the schedule: proves the reserve and delivers the proof without orders.
import type { CronPayload, Runtime } from '@chainlink/cre-sdk'
import { formatUnits } from './base/decimal'
import { WorkflowFailure, inOwnWords } from './base/errors'
import { surveyBasket } from './chain/basket'
import { openChain } from './chain/chain'
import { deliverReport } from './chain/deliver'
import { INSTRUCTION, signReport } from './chain/report'
import type { Config } from './config/config'
import { type MintResult, toResult } from './orders/result'
import { proveReserve } from './reserves/prove'

/**
 * Handler of the cron trigger: proves the reserve and writes the proof to the basket's feed, without any order, so that
 * the feed stays fresh while nobody mints. Where there is no proof, nothing is written and the result says why.
 */
export const onAttest = inOwnWords((runtime: Runtime<Config>, _payload: CronPayload): MintResult => {
  const chain = openChain(runtime.config)
  const survey = surveyBasket(runtime, { chain, orders: [] })
  const { basket } = survey
  const proof = proveReserve(runtime, survey)
  const { evidence } = proof
  for (const warning of evidence.warnings) runtime.log(`      warning: ${warning}`)
  if ('refusal' in proof) {
    runtime.log(`[1/3] reserves: ${proof.refusal.code}, ${proof.refusal.reason}; nothing is written`)
    runtime.log(`      by ${proof.sources}`)
    return toResult({ candidates: [], evidence, unproven: proof.refusal })
  }
  const { reserve } = proof
  const amount = formatUnits({ amount: reserve.amount, decimals: basket.decimals })
  runtime.log(`[1/3] reserves: ${amount}`)
  runtime.log(`      at ${reserve.accountName}`)
  const report = signReport(runtime, {
    instruction: INSTRUCTION.attest,
    chainId: chain.chainId,
    consumer: basket.consumer,
    validUntil: Math.floor(runtime.now().getTime() / 1000) + runtime.config.validitySeconds,
    reserves: { amount: reserve.amount, observedAt: reserve.observedAt },
    orders: [],
  })
  runtime.log(`[2/3] report: signed by the DON, execution 0x${report.executionId()}`)
  const delivery = deliverReport(runtime, { chain, consumer: basket.consumer, report })
  if (delivery.refused) throw new WorkflowFailure(`the consumer refused the reserve report ${delivery.txHash}`)
  runtime.log(
    delivery.txHash === undefined
      ? '[3/3] dry run: the reserve report went nowhere'
      : `[3/3] reserve report delivered: ${delivery.txHash}`,
  )
  const { amount: reserved, observedAt } = reserve
  return toResult({ candidates: [], txHash: delivery.txHash, reserves: { amount: reserved, observedAt }, evidence })
})
