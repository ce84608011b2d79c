// Refuses a reserve that rose too much since the last proof on chain.
import type { BasketSurvey } from '../chain/basket'
import type { Source } from './source/source'
import { refuse } from './source/source-error'

const ONE_IN_BPS = 10_000n

/**
 * Refuses a reserve that rose by more than the strictest source allows since the last proof on chain. Only upwards: a
 * fall lowers what may be minted, and holding bad news back would leave the higher figure standing. Before the first
 * proof there is nothing to compare with.
 */
export function assertNoJump(params: { last: BasketSurvey['proof']; sources: Source[]; amount: bigint }): void {
  const { last, amount } = params
  const bounds = params.sources.flatMap(({ settings }) => settings.maxChangeBps ?? [])
  if (bounds.length === 0 || last.observedAt === 0n) return
  if ((amount - last.amount) * ONE_IN_BPS > last.amount * BigInt(Math.min(...bounds))) refuse('JUMP_TOO_LARGE')
}
