// Attests reserves: proves one, and delivers the proof without orders; on a schedule, those of all baskets in turn.
import type { CronPayload, Runtime } from '@chainlink/cre-sdk'
import { formatUnits } from './base/decimal'
import { WorkflowFailure, inOwnWords } from './base/errors'
import { type BasketSurvey, basketAtTurn, surveyBasket } from './chain/basket'
import { type Chain, openChain } from './chain/chain'
import { deliverReport } from './chain/deliver'
import { INSTRUCTION, signReport } from './chain/report'
import type { Config } from './config/config'
import { parseSchedule, turnAt } from './config/schedule'
import { type MintResult, toResult } from './orders/result'
import { proveReserve } from './reserves/prove'

/**
 * Handler of the cron trigger: attests the reserve of one of the factory's baskets, each firing that of the next. All that
 * decides which is the time of the firing, so that no state is kept and all nodes agree.
 */
export const onAttest = inOwnWords((runtime: Runtime<Config>, payload: CronPayload): MintResult => {
  const { attestSchedule = '', validitySeconds } = runtime.config
  const schedule = parseSchedule(attestSchedule)
  if (schedule === undefined) throw new WorkflowFailure('the configuration has no attestSchedule')
  const now = Math.floor(runtime.now().getTime() / 1000)
  const firedAt = Number(payload.scheduledExecutionTime?.seconds ?? now)
  const chain = openChain(runtime.config)
  const basket = basketAtTurn(runtime, { chain, turn: turnAt(schedule, firedAt) })
  if (basket === undefined) {
    runtime.log('[1/3] basket: the factory has none; nothing is written')
    return toResult({ candidates: [] })
  }
  runtime.log(`[1/3] basket: ${basket.stablecoin} minted by ${basket.consumer}`)
  const survey = surveyBasket(runtime, { chain, basket, orders: [] })
  return attestReserve(runtime, { chain, survey, validUntil: now + validitySeconds })
})

/**
 * Proves the reserve of a basket and writes the proof to its feed, without any order, so that the feed stays fresh while
 * nobody mints. Where there is no proof, nothing is written and the result says why.
 */
export function attestReserve(
  runtime: Runtime<Config>,
  params: { chain: Chain; survey: BasketSurvey; validUntil: number },
): MintResult {
  const { chain, survey, validUntil } = params
  const { basket } = survey
  const proof = proveReserve(runtime, survey)
  const { evidence } = proof
  for (const warning of evidence.warnings) runtime.log(`      warning: ${warning}`)
  if ('refusal' in proof) {
    runtime.log(`[2/3] reserves: ${proof.refusal.code}, ${proof.refusal.reason}; nothing is written`)
    runtime.log(`      by ${proof.sources}`)
    return toResult({ basket, candidates: [], evidence, unproven: proof.refusal })
  }
  const { reserve } = proof
  const amount = formatUnits({ amount: reserve.amount, decimals: basket.decimals })
  runtime.log(`[2/3] reserves: ${amount}`)
  runtime.log(`      at ${reserve.accountName}`)
  const report = signReport(runtime, {
    instruction: INSTRUCTION.attest,
    chainId: chain.chainId,
    consumer: basket.consumer,
    validUntil,
    reserves: { amount: reserve.amount, observedAt: reserve.observedAt },
    orders: [],
  })
  runtime.log(`      report signed by the DON, execution 0x${report.executionId()}`)
  const delivery = deliverReport(runtime, { chain, consumer: basket.consumer, report })
  if (delivery.refused) throw new WorkflowFailure(`the consumer refused the reserve report ${delivery.txHash}`)
  runtime.log(
    delivery.txHash === undefined
      ? '[3/3] dry run: the reserve report went nowhere'
      : `[3/3] reserve report delivered: ${delivery.txHash}`,
  )
  const { amount: reserved, observedAt } = reserve
  const reserves = { amount: reserved, observedAt }
  return toResult({ basket, candidates: [], txHash: delivery.txHash, reserves, evidence })
}
