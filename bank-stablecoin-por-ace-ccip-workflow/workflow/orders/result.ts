// Builds what the handlers return.
import type { Hex } from 'viem'
import type { BasketId, MalformedOrder, Order } from './request'

/** Why an order was not sent. */
export type RefusalCode =
  | 'ACE_REJECTED'
  | 'DUPLICATE_REFERENCE'
  | 'INVALID_ORDER'
  | 'MINT_CAP_EXCEEDED'
  | 'POLICY_FAILED'
  | 'POR_INSUFFICIENT_RESERVES'
  | 'POR_INVALID'
  | 'POR_RIPCORD'
  | 'POR_STALE'
  | 'POR_UNAVAILABLE'
  | 'NO_RESERVE_ASSIGNED'
  | 'EXPIRED'

/** A refusal: its code, the refusing ACE policy (else empty), and the verdict's name or a short sentence. */
export type Refusal = { code: RefusalCode; policy: string; reason: string }

/** An order on its way through the steps; refused orders keep their place in the answer. */
export type Candidate = { order: Order; refusal?: Refusal }

/** What became of an order. */
export type SettledOrder = { order: Pick<Order, 'bankRef'>; refusal?: Refusal }

/** All orders in the places that they had in the request: the malformed ones are put between those that were tried. */
export function withMalformed(tried: Candidate[], malformed: MalformedOrder[]): SettledOrder[] {
  const settled: SettledOrder[] = [...tried]
  for (const { index, bankRef, reason } of malformed) {
    settled.splice(index, 0, { order: { bankRef }, refusal: { code: 'INVALID_ORDER', policy: '', reason } })
  }
  return settled
}

/** What one reserve source said: base units in decimal digits and unix seconds, or the code and word of its refusal. */
export type SourceFigure = {
  name: string
  class: string
  dialect: string
  amount: string
  observedAt: number
  code: string
  word: string
}

/** All reserve sources of a run, and what people should know about them. */
export type ReserveEvidence = { sources: SourceFigure[]; warnings: string[] }

/**
 * What the handlers return; the basket is empty when the schedule found none; amounts are base units in decimal digits, empty
 * when the step was not reached. `code` and `reason` of the reserves say why there is no proof; empty when there is one, or the
 * step was not reached.
 */
export type MintResult = {
  version: number
  stablecoin: string
  consumer: string
  txHash: string
  reserves: {
    amount: string
    liability: string
    requested: string
    observedAt: number
    code: string
    reason: string
  } & ReserveEvidence
  orders: { bankRef: string; outcome: string; code: string; policy: string; reason: string }[]
}

/** Reserve figures of a run, in base units; `observedAt` is the source's time in unix seconds. */
export type ReserveFigures = { amount: bigint; observedAt: number; liability?: bigint; requested?: bigint }

/**
 * Builds the answer: orders without a refusal were delivered, or, where no transaction carried them, simulated; `unproven`
 * is why the reserves have no proof.
 */
export function toResult(params: {
  basket?: BasketId | undefined
  candidates: SettledOrder[]
  txHash?: Hex | undefined
  reserves?: ReserveFigures | undefined
  evidence?: ReserveEvidence | undefined
  unproven?: Refusal | undefined
}): MintResult {
  const { basket, reserves, evidence, unproven } = params
  return {
    version: 1,
    stablecoin: basket?.stablecoin ?? '',
    consumer: basket?.consumer ?? '',
    txHash: params.txHash ?? '',
    reserves: {
      amount: reserves?.amount.toString() ?? '',
      liability: reserves?.liability?.toString() ?? '',
      requested: reserves?.requested?.toString() ?? '',
      observedAt: reserves?.observedAt ?? 0,
      code: unproven?.code ?? '',
      reason: unproven?.reason ?? '',
      sources: evidence?.sources ?? [],
      warnings: evidence?.warnings ?? [],
    },
    orders: params.candidates.map(({ order, refusal }) => ({
      bankRef: order.bankRef,
      outcome: refusal !== undefined ? 'refused' : params.txHash === undefined ? 'simulated' : 'delivered',
      code: refusal?.code ?? '',
      policy: refusal?.policy ?? '',
      reason: refusal?.reason ?? '',
    })),
  }
}
