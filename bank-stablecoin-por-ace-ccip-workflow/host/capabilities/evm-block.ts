// Agrees on the height that a read is made at.
import { numberToHex } from 'viem'
import { CapabilityError } from '../base/errors'
import { type BigIntMessage, toBigInt } from '../base/values'
import { quantityOf } from '../chain/rpc'
import { collectAnswers } from '../don/agree'
import type { EvmContext } from './evm-context'

/** Sentinels of the SDK for a block that is named, not numbered. */
const TAGS = new Map<bigint, string>([
  [-2n, 'latest'],
  [-3n, 'finalized'],
  [-4n, 'safe'],
])

/** For how long the reads that follow one another are made at the same height, in milliseconds. */
const HEIGHT_MILLIS = 500

/** The block a read names: a positive number, or one of the tags; without one it is the latest. */
export function requestedBlock(block: BigIntMessage | undefined): bigint | string {
  if (block === undefined) return 'latest'
  const number = toBigInt(block)
  if (number > 0n) return number
  const tag = TAGS.get(number)
  if (tag === undefined) throw new CapabilityError('InvalidArgument', `block number ${number} is not available`)
  return tag
}

/** The height the nodes read at. */
export async function agreeOnHeight(context: EvmContext, block: bigint | string): Promise<string> {
  if (typeof block === 'bigint') return numberToHex(block)
  const { heights } = context
  const known = heights.get(block)
  if (known !== undefined && performance.now() < known.until) return known.height
  const height = heightOfTag(context, block)
  heights.set(block, { height, until: performance.now() + HEIGHT_MILLIS })
  height.catch(() => heights.delete(block))
  return height
}

/**
 * Each node says where a tag is, and the (f+1)th lowest counts: no faulty node can push it beyond what an honest one has
 * seen, nor below the lowest honest one.
 */
async function heightOfTag({ don }: EvmContext, tag: string): Promise<string> {
  const numbers = await collectAnswers({
    don,
    what: `the ${tag} block`,
    ask: async ({ ports }) => {
      const header = (await ports.rpc('eth_getBlockByNumber', [tag, false])) as { number?: unknown } | null
      return quantityOf(header?.number)
    },
  })
  const sorted = numbers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const height = sorted[don.f] ?? 0n
  don.evidence.readAt(height)
  return numberToHex(height)
}
