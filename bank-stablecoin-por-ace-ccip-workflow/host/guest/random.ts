// Generates the guest's random numbers as the DON's engine does (ChaCha8).

/**
 * The engine's Math.random: ChaCha with 8 rounds, seeded once per mode by the host, so that the nodes draw the same
 * numbers in DON mode and different ones in node mode. The stream is that of rand_chacha's `ChaCha8Rng`.
 */
export function seededRandom(seedOf: (mode: number) => bigint): (mode: number) => number {
  const generators = new Map<number, () => number>()
  return (mode) => {
    let next = generators.get(mode)
    if (next === undefined) {
      next = chacha8(expandSeed(BigInt.asUintN(64, seedOf(mode))))
      generators.set(mode, next)
    }
    return next()
  }
}

const MULTIPLIER = 6364136223846793005n
const INCREMENT = 11634580027462260723n

/** The 32 byte key that `seed_from_u64` derives: PCG32 output words, little endian. */
export function expandSeed(seed: bigint): Uint32Array {
  const words = new Uint32Array(8)
  let state = seed
  for (let index = 0; index < words.length; index++) {
    state = BigInt.asUintN(64, state * MULTIPLIER + INCREMENT)
    const mixed = Number(BigInt.asUintN(32, ((state >> 18n) ^ state) >> 27n))
    const rotation = Number(state >> 59n)
    words[index] = (mixed >>> rotation) | (mixed << (-rotation & 31))
  }
  return words
}

/** Uniform doubles in [0, 1) with 52 random bits, taken from the ChaCha8 key stream two words at a time. */
function chacha8(key: Uint32Array): () => number {
  let counter = 0
  let block = new Uint32Array(0)
  let position = 0
  return () => {
    if (position + 2 > block.length) {
      block = chachaBlock(key, counter++)
      position = 0
    }
    const low = block[position++] ?? 0
    const high = block[position++] ?? 0
    return ((high >>> 0) * 2 ** 20 + (low >>> 12)) / 2 ** 52
  }
}

/** One 64 byte block of ChaCha8 with a zero nonce. */
export function chachaBlock(key: Uint32Array, counter: number): Uint32Array<ArrayBuffer> {
  const start = new Uint32Array(16)
  start.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574])
  start.set(key, 4)
  start[12] = counter
  const state = start.slice()
  for (let round = 0; round < 4; round++) {
    quarterRound(state, 0, 4, 8, 12)
    quarterRound(state, 1, 5, 9, 13)
    quarterRound(state, 2, 6, 10, 14)
    quarterRound(state, 3, 7, 11, 15)
    quarterRound(state, 0, 5, 10, 15)
    quarterRound(state, 1, 6, 11, 12)
    quarterRound(state, 2, 7, 8, 13)
    quarterRound(state, 3, 4, 9, 14)
  }
  return state.map((word, index) => word + (start[index] ?? 0))
}

function quarterRound(state: Uint32Array, a: number, b: number, c: number, d: number): void {
  mixWords(state, a, b, d, 16)
  mixWords(state, c, d, b, 12)
  mixWords(state, a, b, d, 8)
  mixWords(state, c, d, b, 7)
}

/** x += y; z = (z ^ x) <<< bits */
function mixWords(state: Uint32Array, x: number, y: number, z: number, bits: number): void {
  const sum = ((state[x] ?? 0) + (state[y] ?? 0)) >>> 0
  const turned = ((state[z] ?? 0) ^ sum) >>> 0
  state[x] = sum
  state[z] = ((turned << bits) | (turned >>> (32 - bits))) >>> 0
}
