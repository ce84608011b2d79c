import { expect, test } from 'bun:test'
import { soak, soakServing } from './support/soak'

/** Runs of the shortened soak, enough for a crash and a stall; the whole one is `bun run soak` with 500. */
const RUNS = Number(process.env['SOAK_RUNS'] ?? 8)
const GROWTH_MIB = 80

test(`soak: ${RUNS} runs leave neither memory nor threads`, async () => {
  const samples = await soak({ runs: RUNS, every: RUNS / 4 })
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined) throw new Error('nothing was measured')
  expect(last.threads).toBeLessThanOrEqual(first.threads + 2)
  expect(last.rssMiB - first.rssMiB).toBeLessThanOrEqual(GROWTH_MIB)
}, 600_000)

/** While the engine still compiles what runs often, a serving process grows; afterwards it does not. */
const SERVING_MIB = 450

test(`soak: ${RUNS} served runs leave no threads and stay small`, async () => {
  const samples = await soakServing({ runs: RUNS, every: RUNS / 4 })
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined) throw new Error('nothing was measured')
  expect(last.threads).toBeLessThanOrEqual(first.threads + 2)
  expect(last.rssMiB).toBeLessThanOrEqual(SERVING_MIB)
}, 600_000)
