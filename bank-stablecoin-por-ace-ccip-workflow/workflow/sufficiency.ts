// Refuses the orders that the reserve does not cover.
import type { Candidate, ReserveFigures } from './orders/result'

/** Refuses, in order of arrival, what the reserve does not cover on top of the liability and the orders before it. */
export function checkSufficiency(params: {
  candidates: Candidate[]
  reserve: { amount: bigint; observedAt: number }
  liability: bigint
}): { candidates: Candidate[]; figures: Required<ReserveFigures> } {
  const { reserve, liability } = params
  let committed = liability
  let requested = 0n
  const candidates = params.candidates.map((candidate): Candidate => {
    if (candidate.refusal !== undefined) return candidate
    requested += candidate.order.amount
    if (committed + candidate.order.amount > reserve.amount) {
      return {
        order: candidate.order,
        refusal: { code: 'POR_INSUFFICIENT_RESERVES', policy: '', reason: 'RESERVE_INSUFFICIENT' },
      }
    }
    committed += candidate.order.amount
    return candidate
  })
  return { candidates, figures: { amount: reserve.amount, liability, requested, observedAt: reserve.observedAt } }
}
