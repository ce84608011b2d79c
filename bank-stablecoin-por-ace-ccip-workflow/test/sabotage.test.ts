/**
 * Workflows that harm their engine, their packages or themselves: on both engines the run ends as it must, and the next one
 * finds nothing of it. What tries to get out of its process is in test/hostile.test.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import path from 'node:path'
import type { EngineName } from '../host/run/settings'
import { type RunOutcome, type TestDon, openInProcess, runOn } from './support/project'
import { openStage } from './support/stage'

/** A package that nobody has read: it counts, patches a prototype when it is called, and says what it finds of that. */
const INNOCENT = `
let calls = 0
const kept = new Map()
export function remember(word) {
  const found = [...kept.keys(), ...('leftByPackage' in [] ? ['prototype'] : [])]
  kept.set(word, ++calls)
  Object.defineProperty(Array.prototype, 'leftByPackage', { value: true, configurable: true })
  return { calls, found }
}
`

const { project } = await openStage({
  main: path.join(import.meta.dir, 'workflows/saboteur.ts'),
  packages: { innocent: INNOCENT },
})

/** How each deed ends: with an answer, or an error; and whether the guests survive it, by engine. */
const DEEDS: Record<string, { fails?: boolean; lost?: EngineName[] }> = {
  'sets a timer': {},
  'leaves a chain of promises': {},
  'poisons a prototype': {},
  "poisons viem's address cache": {},
  "poisons abitype's parameter cache": {},
  'takes some memory': {},
  'recurses for ever': { fails: true },
  // More than guestMemoryBytes.
  'takes all memory': { fails: true, lost: ['bun'] },
  'loops for ever': { fails: true, lost: ['bun', 'quickjs'] },
}

const CLEAN = {
  left: 'nothing',
  address: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd',
  type: 'uint256',
  remembered: { calls: 1, found: [] },
  exits: [],
}

/** What a guest is told to have been when its machine was busy. */
const SLOW = 'could not be made ready for the next run'

const ENGINES: [EngineName][] = [['bun'], ['quickjs']]

describe.each(ENGINES)('sabotage: a workflow on %s that', (engine) => {
  let don: TestDon

  beforeAll(async () => {
    don = await openInProcess(project, { engine, limits: { executionMillis: 6_000 } })
    await don.warmUp()
  })
  afterAll(() => don.stop())

  const attempt = (deed: string): Promise<RunOutcome> =>
    runOn(don, project, { payload: { deed }, timeouts: { finishMillis: 10_000 } })
  const foundBy = ({ result }: RunOutcome): unknown =>
    JSON.parse((result as unknown as { answer: string } | undefined)?.answer ?? 'null')

  test.each(Object.keys(DEEDS))('%s', async (deed) => {
    const { fails = false, lost = [] } = DEEDS[deed] ?? {}
    expect(foundBy(await attempt('nothing'))).toEqual(CLEAN)
    const before = don.guestStarts()
    const outcome = await attempt(deed)
    expect(outcome.error === undefined).toBe(!fails)
    if (!fails) expect(foundBy(outcome)).toEqual(CLEAN)
    const next = await attempt('nothing')
    expect(foundBy(next)).toEqual(CLEAN)
    // A guest that was lost would look like a clean one; one that a busy machine held up is no proof of either.
    const replaced = [...outcome.events, ...next.events].filter(({ event }) => event === 'guest.replaced')
    expect(replaced).toHaveLength(don.guestStarts() - before)
    const lostHere = replaced.filter(({ reason }) => reason !== SLOW)
    expect(lostHere).toHaveLength(lost.includes(engine) ? 4 : 0)
  })
})
