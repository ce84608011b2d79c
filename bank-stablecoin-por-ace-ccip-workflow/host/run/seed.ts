// Derives the seeds of the guests' Math.random from the execution.
import { randomBytes } from 'node:crypto'
import { MODE_NODE } from '../base/mode'

/** Seeds of the guests' Math.random. */
export type SeedSource = { seedOf: (params: { node: string; mode: number }) => bigint }

const FNV_OFFSET = 0xcbf29ce484222325n
const FNV_PRIME = 0x100000001b3n

/** In DON mode the same seed on every node (FNV-1a of the execution id), in node mode a random one for each. */
export function createSeedSource(executionId: string): SeedSource {
  const common = fnv1a64(executionId.replace(/^0x/, ''))
  return {
    seedOf: ({ mode }) => (mode === MODE_NODE ? randomBytes(8).readBigInt64LE() : BigInt.asIntN(64, common)),
  }
}

/** FNV-1a, 64 bits, of the text's UTF-8 bytes. */
export function fnv1a64(text: string): bigint {
  let hash = FNV_OFFSET
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME)
  }
  return hash
}
