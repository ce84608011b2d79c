// Refuses a reserve that rose too much since the last proof on chain.
import type { Runtime } from '@chainlink/cre-sdk'
import { parseAbi } from 'viem'
import type { Basket } from '../chain/basket'
import type { Chain } from '../chain/chain'
import type { Config } from '../config/config'
import { readContract } from './onchain/read'
import type { Source } from './source/source'
import { refuse } from './source/source-error'

const ONE_IN_BPS = 10_000n

const consumerAbi = parseAbi(['function reserveFeed() view returns (address)'])
const feedAbi = parseAbi(['function latestProof() view returns (uint256 amount, uint64 observedAt)'])

/**
 * Refuses a reserve that rose by more than the strictest source allows since the last proof on chain. Only upwards: a
 * fall lowers what may be minted, and holding bad news back would leave the higher figure standing. Before the first
 * proof there is nothing to compare with.
 */
export function assertNoJump(
  runtime: Runtime<Config>,
  params: { chain: Chain; basket: Basket; sources: Source[]; amount: bigint },
): void {
  const bounds = params.sources.flatMap(({ settings }) => settings.maxChangeBps ?? [])
  if (bounds.length === 0) return
  const at = { chain: params.chain }
  const feed = readContract(runtime, {
    at,
    abi: consumerAbi,
    to: params.basket.consumer,
    functionName: 'reserveFeed',
    args: [],
  })
  const [last, observedAt] = readContract(runtime, {
    at,
    abi: feedAbi,
    to: feed,
    functionName: 'latestProof',
    args: [],
  })
  if (observedAt === 0n) return
  if ((params.amount - last) * ONE_IN_BPS > last * BigInt(Math.min(...bounds))) refuse('JUMP_TOO_LARGE')
}
