import { numberToHex } from 'viem'
import { collect } from '../agree'
import { CapabilityError } from '../errors'
import { type BigIntMessage, toBigInt } from '../values'
import type { EvmContext } from './evm'

/** Sentinels of the SDK for a block that is named, not numbered. */
const TAGS = new Map<bigint, string>([
  [-2n, 'latest'],
  [-3n, 'finalized'],
  [-4n, 'safe'],
])

/** The block a read names: a positive number, or one of the tags; without one it is the latest. */
export function requestedBlock(block: BigIntMessage | undefined): bigint | string {
  if (block === undefined) return 'latest'
  const number = toBigInt(block)
  if (number > 0n) return number
  const tag = TAGS.get(number)
  if (tag === undefined) throw new CapabilityError('InvalidArgument', `block number ${number} is not available`)
  return tag
}

/**
 * The height the nodes read at. For a tag each node says where it is, and the (f+1)th lowest counts: no faulty node can
 * push it beyond what an honest one has seen, nor below the lowest honest one.
 */
export async function agreeOnHeight(context: EvmContext, block: bigint | string): Promise<string> {
  if (typeof block === 'bigint') return numberToHex(block)
  const heights = await collect({
    don: context.don,
    what: `the ${block} block`,
    ask: async ({ ports }) => {
      const header = (await ports.rpc('eth_getBlockByNumber', [block, false])) as { number?: unknown } | null
      if (typeof header?.number !== 'string') throw new Error(`the endpoint has no ${block} block`)
      return BigInt(header.number)
    },
  })
  const sorted = heights.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return numberToHex(sorted[context.don.f] ?? 0n)
}
