/** A run leaves nothing to the next one, though the nodes' Workers stay loaded; and none harms the next. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import path from 'node:path'
import type { EngineName } from '../host/run/settings'
import { type RunOptions, type TestDon, createProject, openInProcess, runInProcess, runOn } from './support/project'
import { openStage } from './support/stage'

const { chain, project } = await openStage({ main: path.join(import.meta.dir, 'workflows/leaker.ts') })
const ENGINES: EngineName[] = ['bun', 'quickjs']
let don: TestDon
/** The engine of the DON that the next test gets; one DON carries out the runs of all tests. */
let engine: EngineName = 'bun'

const dons = new Map<EngineName, TestDon>()
beforeEach(async () => {
  don = dons.get(engine) ?? (await openInProcess(project, { engine }))
  dons.set(engine, don)
})
afterAll(() => Promise.all([...dons.values()].map((open) => open.stop())))

/** What all four nodes found; the run lasts until each of them has told. */
async function visit(options: Partial<RunOptions> = {}) {
  const outcome = await runOn(don, project, { payload: {}, timeouts: { finishMillis: 10_000 }, ...options })
  const line = outcome.result as unknown as { answer?: string } | undefined
  const answer = JSON.parse(line?.answer ?? '{}') as { found?: string[]; draws?: number[] }
  return { ...outcome, ...answer }
}

const named = (events: { event: string }[], event: string) => events.filter((entry) => entry.event === event)

describe.each(ENGINES.map((name) => [name]))('isolation: what a workflow leaves behind on %s', (name) => {
  beforeAll(() => {
    engine = name
  })
  afterAll(() => {
    engine = 'bun'
  })

  test('is gone in the next run, on every node', async () => {
    expect((await visit()).found).toEqual([])
    for (let run = 0; run < 3; run++) {
      const { found, events } = await visit()
      expect(found).toEqual([])
      expect(named(events, 'node.faulty')).toEqual([])
      expect(named(events, 'node.dissent')).toEqual([])
    }
  })

  test('and cannot be undone costs it its Workers, not the next run', async () => {
    expect((await visit({ payload: { damage: true } })).found).toEqual([])
    const { found, error, events } = await visit()
    expect({ found, error }).toEqual({ found: [], error: undefined })
    expect(named(events, 'node.faulty')).toEqual([])
  })

  test('does not reach the random numbers of the next run', async () => {
    await visit()
    const [warm, again] = [await visit({ requestId: 'draw' }), await visit({ requestId: 'draw' })]
    const cold = await runInProcess(project, { payload: {}, requestId: 'draw', engine })
    const { draws } = JSON.parse((cold.result as unknown as { answer: string }).answer) as { draws: number[] }
    expect(warm.draws).toEqual(draws)
    expect(again.draws).toEqual(draws)
    expect((await visit()).draws).not.toEqual(draws)
  })
})

test.each(ENGINES.map((name) => [name]))('isolation: modules get the host anew in every run on %s', async (name) => {
  const main = path.join(import.meta.dir, 'workflows/eager.ts')
  const eager = createProject({
    chain,
    donFile: project.donFile,
    porApiUrl: 'http://unused.example/{stablecoin}',
    main,
  })
  const served = await openInProcess(eager, { engine: name })
  const told: unknown[] = []
  for (const requestId of ['a', 'b', 'a']) {
    const { result, lines } = await runOn(served, eager, { payload: {}, requestId })
    told.push([(result as unknown as { answer: string } | undefined)?.answer, lines])
  }
  await served.stop()
  const cold = await runInProcess(eager, { payload: {}, requestId: 'a', engine: name })
  const [first, second, third] = told
  expect(first).toEqual([(cold.result as unknown as { answer: string }).answer, cold.lines])
  // What they say when the workflow is asked for its triggers belongs to no run.
  expect(cold.lines).toHaveLength(1)
  for (const line of cold.lines) expect(line).toMatch(/^drawn 0\.\d+$/)
  expect(third).toEqual(first)
  expect(second).not.toEqual(first)
})

describe('isolation: a failed run does not harm the next', () => {
  const faults: Record<string, { options: Partial<RunOptions>; code?: string }> = {
    'nodes that crash': {
      code: 'NODES_FAILED',
      options: {
        portsOf: ({ name, ordinary }) =>
          name === 'node-1' || name === 'node-2' ? { ...ordinary, intercept: () => ({ action: 'crash' }) } : ordinary,
      },
    },
    'a node that stalls': {
      options: {
        timeouts: { graceMillis: 100, quorumMillis: 1_000, finishMillis: 0 },
        portsOf: ({ name, ordinary }) =>
          name === 'node-3' ? { ...ordinary, intercept: () => new Promise(() => undefined) } : ordinary,
      },
    },
    'a handler that throws': { code: 'WORKFLOW_ERROR', options: { payload: { fail: true } } },
  }
  test.each(Object.keys(faults))('%s', async (name) => {
    await visit()
    const wrong = await visit(faults[name]?.options)
    expect(wrong.error?.code).toBe(faults[name]?.code as string)
    const { found, events } = await visit()
    expect(found).toEqual([])
    expect(named(events, 'node.finished')).toHaveLength(4)
    expect(events.filter(({ level }) => level === 'warn')).toEqual([])
  })

  test('a run whose configuration is refused', async () => {
    await visit()
    const runDir = '/nonexistent'
    const request = {
      runDir,
      privateRun: false,
      requestId: 'x',
      transmitterSlot: 0,
      trigger: { kind: 'http' },
    } as const
    const outlets = { journal: () => undefined, print: () => undefined }
    const { line } = await don.run(request, outlets)
    expect(JSON.parse(line)).toMatchObject({
      error: "the run's config.json cannot be read",
      code: 'FILES_UNAVAILABLE',
      signed: false,
    })
    expect((await visit()).found).toEqual([])
  })
})
