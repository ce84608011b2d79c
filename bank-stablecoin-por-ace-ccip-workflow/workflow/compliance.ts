// Reads what the consumer and its ACE policies said to each order.
import type { Verdict } from './chain/basket'
import type { Order } from './orders/request'
import type { Candidate } from './orders/result'
import { refusalOfVerdict } from './orders/verdict'

/** Screens the orders by the verdicts in their places; the second of two with one reference is refused here. */
export function checkCompliance({ orders, verdicts }: { orders: Order[]; verdicts: readonly Verdict[] }): Candidate[] {
  const seen = new Set<string>()
  return orders.map((order, index) => {
    const repeated = seen.has(order.bankRef)
    seen.add(order.bankRef)
    if (repeated) return { order, refusal: { code: 'DUPLICATE_REFERENCE', policy: '', reason: 'REFERENCE_USED' } }
    const verdict = verdicts[index]
    const refusal = verdict && refusalOfVerdict(verdict)
    return refusal === undefined ? { order } : { order, refusal }
  })
}
