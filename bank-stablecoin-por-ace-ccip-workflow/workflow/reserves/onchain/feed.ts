// Reads an AggregatorV3 feed.
import type { Runtime } from '@chainlink/cre-sdk'
import { parseAbi } from 'viem'
import type { Decimal } from '../../base/decimal'
import type { Chain } from '../../chain/chain'
import type { Config } from '../../config/config'
import { refuse } from '../source/source-error'
import { readContract } from './read'

const feedAbi = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
])

/** The latest complete round of an AggregatorV3 feed, in the feed's own decimals and unix time. */
export function readFeed(
  runtime: Runtime<Config>,
  params: { at: { chain: Chain; height?: bigint }; address: string; decimals: number | undefined },
): { amount: Decimal; observedAt: number } {
  const { at, address } = params
  const scale = readContract(runtime, { at, abi: feedAbi, to: address, functionName: 'decimals', args: [] })
  if (params.decimals !== undefined && params.decimals !== scale) refuse('DECIMALS_MISMATCH')
  const [round, answer, , updatedAt] = readContract(runtime, {
    at,
    abi: feedAbi,
    to: address,
    functionName: 'latestRoundData',
    args: [],
  })
  if (round === 0n || updatedAt === 0n || updatedAt > BigInt(Number.MAX_SAFE_INTEGER)) refuse('ROUND_INVALID')
  if (answer < 0n) refuse('AMOUNT_NEGATIVE')
  if (answer === 0n) refuse('AMOUNT_ZERO')
  return { amount: { digits: answer, scale }, observedAt: Number(updatedAt) }
}
