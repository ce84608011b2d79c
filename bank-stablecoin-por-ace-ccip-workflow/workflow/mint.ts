// Handles a mint request: parses, checks, proves the reserve, has the report signed and delivers it.
import type { HTTPPayload, Runtime } from '@chainlink/cre-sdk'
import { attestReserve } from './attest'
import { formatUnits } from './base/decimal'
import { inOwnWords } from './base/errors'
import { type Basket, surveyBasket, surveyNamed } from './chain/basket'
import { type Chain, openChain } from './chain/chain'
import { deliverReport } from './chain/deliver'
import { INSTRUCTION, signReport } from './chain/report'
import { checkCompliance } from './compliance'
import type { Config } from './config/config'
import { parsePayload } from './orders/payload'
import type { MintRequest } from './orders/request'
import {
  type Candidate,
  type MintResult,
  type Refusal,
  type ReserveFigures,
  toResult,
  withMalformed,
} from './orders/result'
import { type Reserve, proveReserve } from './reserves/prove'
import { checkSufficiency } from './sufficiency'

const STEPS = 7

/** Handler of the HTTP trigger: parse, ACE, reserves, sufficiency, report, write, result. Without orders, it attests. */
export const onMintRequest = inOwnWords((runtime: Runtime<Config>, payload: HTTPPayload): MintResult => {
  const chain = openChain(runtime.config)
  const nowMillis = runtime.now().getTime()
  const request = parseRequest(runtime, { payload, chain, nowMillis })
  const { basket: named, validUntil } = request
  if (request.orders.length + request.malformed.length === 0) {
    runtime.log(`[1/3] basket: ${named.stablecoin} minted by ${named.consumer}`)
    const survey = surveyNamed(runtime, { chain, basket: named, orders: [] })
    return attestReserve(runtime, { chain, survey, validUntil })
  }
  logRequest(runtime, request)
  if (Math.floor(nowMillis / 1000) > validUntil) {
    const refusal: Refusal = { code: 'EXPIRED', policy: '', reason: `validUntil ${validUntil} has passed` }
    return finishMint(runtime, request, { candidates: request.orders.map((order) => ({ order, refusal })) })
  }
  if (request.orders.length === 0) return finishMint(runtime, request, { candidates: [] })

  const survey = surveyNamed(runtime, { chain, basket: named, orders: request.orders })
  const { basket } = survey
  const screened = screenOrders(runtime, checkCompliance({ orders: request.orders, verdicts: survey.verdicts }))
  if (ordersToSend(runtime, screened).length === 0) return finishMint(runtime, request, { candidates: screened })

  const proof = proveReserve(runtime, survey)
  const { evidence } = proof
  for (const warning of evidence.warnings) runtime.log(`      warning: ${warning}`)
  if ('refusal' in proof) {
    logStep(runtime, 3, `reserves: ${proof.refusal.code}, ${proof.refusal.reason}`)
    runtime.log(`      by ${proof.sources}`)
    const candidates = screened.map((entry) => ({ refusal: proof.refusal, ...entry }))
    return finishMint(runtime, request, { candidates, evidence, unproven: proof.refusal })
  }
  logStep(runtime, 3, `reserves: ${formatTokens(basket, proof.reserve.amount)}`)
  // Step lines reach callers; where the reserve is kept is for operators.
  runtime.log(`      at ${proof.reserve.accountName}`)

  const covered = coverOrders(runtime, { basket, screened, reserve: proof.reserve, liability: survey.liability })
  const sent = ordersToSend(runtime, covered.candidates)
  if (sent.length === 0) {
    return finishMint(runtime, request, { candidates: covered.candidates, reserves: covered.figures, evidence })
  }

  const report = signReport(runtime, {
    instruction: INSTRUCTION.mint,
    chainId: chain.chainId,
    consumer: basket.consumer,
    validUntil,
    reserves: proof.reserve,
    orders: sent.map(({ order }) => order),
  })
  logStep(
    runtime,
    5,
    `report: signed by the DON for ${countOf(sent.length, 'order')}, execution 0x${report.executionId()}`,
  )
  logStep(runtime, 6, `write: to consumer ${basket.consumer} on ${chain.name}`)
  const delivery = deliverReport(runtime, { chain, consumer: basket.consumer, report })
  runtime.log(
    delivery.txHash === undefined
      ? 'Dry run: the mint report went nowhere'
      : `Mint report delivered: ${delivery.txHash}`,
  )
  if (delivery.refused) runtime.log('The consumer refused the report as a whole; nothing was minted by it')
  const delivered = covered.candidates.map((entry) => (sent.includes(entry) ? { order: entry.order } : entry))
  return finishMint(runtime, request, {
    candidates: delivered,
    reserves: covered.figures,
    evidence,
    txHash: delivery.txHash,
  })
})

function parseRequest(
  runtime: Runtime<Config>,
  params: { payload: HTTPPayload; chain: Chain; nowMillis: number },
): MintRequest {
  const { chain } = params
  return parsePayload(params.payload, {
    chainId: chain.chainId,
    decimals: (basket) => surveyBasket(runtime, { chain, basket, orders: [] }).basket.decimals,
    nowMillis: params.nowMillis,
    validitySeconds: runtime.config.validitySeconds,
  })
}

function logRequest(runtime: Runtime<Config>, { orders, malformed, validUntil }: MintRequest): void {
  logStep(runtime, 1, `request: ${countOf(orders.length + malformed.length, 'order')}, valid until ${validUntil}`)
  for (const { bankRef, reason } of malformed) runtime.log(`      ${bankRef}: INVALID_ORDER (${reason})`)
}

function screenOrders(runtime: Runtime<Config>, screened: Candidate[]): Candidate[] {
  const refused = screened.filter((entry) => entry.refusal !== undefined)
  logStep(runtime, 2, `compliance: ${screened.length - refused.length} accepted, ${refused.length} refused`)
  for (const entry of refused) logRefusal(runtime, entry)
  return screened
}

function coverOrders(
  runtime: Runtime<Config>,
  params: { basket: Basket; screened: Candidate[]; reserve: Reserve; liability: bigint },
): { candidates: Candidate[]; figures: Required<ReserveFigures> } {
  const { basket, liability } = params
  const covered = checkSufficiency({ candidates: params.screened, reserve: params.reserve, liability })
  const { amount, requested } = covered.figures
  const verdict = liability + requested > amount ? 'not enough' : 'enough'
  logStep(
    runtime,
    4,
    `sufficiency: ${formatTokens(basket, amount)} reserved, ${formatTokens(basket, liability)} issued: ${verdict}`,
  )
  // What all orders ask for together would tell one caller what the others ask for.
  runtime.log(`      ${formatTokens(basket, requested)} requested`)
  for (const entry of covered.candidates) {
    if (entry.refusal?.code === 'POR_INSUFFICIENT_RESERVES') logRefusal(runtime, entry)
  }
  return covered
}

/** With refusals on chain, refused orders travel too, so that the consumer logs its own verdict. */
function ordersToSend(runtime: Runtime<Config>, candidates: Candidate[]): Candidate[] {
  return runtime.config.refusals === 'onchain' ? candidates : candidates.filter((entry) => entry.refusal === undefined)
}

function finishMint(
  runtime: Runtime<Config>,
  { basket, malformed }: MintRequest,
  params: Parameters<typeof toResult>[0] & { candidates: Candidate[] },
): MintResult {
  const candidates = withMalformed(params.candidates, malformed)
  const refused = candidates.filter((entry) => entry.refusal !== undefined).length
  logStep(runtime, 7, `result: ${candidates.length - refused} delivered, ${refused} refused`)
  return toResult({ ...params, basket, candidates })
}

function logRefusal(runtime: Runtime<Config>, { order, refusal }: Candidate): void {
  const by = refusal?.policy === '' ? '' : ` by ${refusal?.policy}`
  runtime.log(`      ${order.bankRef} for ${order.account}: ${refusal?.code} (${refusal?.reason})${by}`)
}

function logStep(runtime: Runtime<Config>, number: number, text: string): void {
  runtime.log(`[${number}/${STEPS}] ${text}`)
}

function formatTokens(basket: Basket, amount: bigint): string {
  return formatUnits({ amount, decimals: basket.decimals })
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
