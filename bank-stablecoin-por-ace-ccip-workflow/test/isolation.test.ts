/** A run leaves nothing to the next one, though the nodes' Workers stay loaded; and none harms the next. */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test, setDefaultTimeout } from 'bun:test'
import path from 'node:path'
import type { LocalDon } from '../host/local-don'
import { FIXTURE_MILLIS, TEST_MILLIS, type TestChain, keysFor, removeTemporary, startChain } from './support/fixture'
import { type Project, type RunOptions, createProject, openInProcess, runInProcess, runOn } from './support/project'

setDefaultTimeout(TEST_MILLIS)

let chain: TestChain
let project: Project
let don: LocalDon

beforeAll(async () => {
  chain = await startChain()
  project = createProject({
    chain,
    donFile: await keysFor(chain),
    porApiUrl: 'http://unused.example',
    main: path.join(import.meta.dir, 'workflows/leaker.ts'),
  })
}, FIXTURE_MILLIS)

beforeEach(async () => {
  don = await openInProcess(project)
})
afterEach(() => don.stop())

afterAll(async () => {
  await chain?.stop()
  removeTemporary()
})

/** What all four nodes found; the run lasts until each of them has told. */
async function visit(options: Partial<RunOptions> = {}) {
  const outcome = await runOn(don, project, { payload: {}, patience: { finishMillis: 10_000 }, ...options })
  const line = outcome.result as unknown as { answer?: string } | undefined
  const answer = JSON.parse(line?.answer ?? '{}') as { found?: string[]; draws?: number[] }
  return { ...outcome, ...answer }
}

const named = (events: { event: string }[], event: string) => events.filter((entry) => entry.event === event)

describe('what a workflow leaves behind', () => {
  test('in variables, globals, intrinsics and packages is gone in the next run, on every node', async () => {
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

  test('random numbers come from the execution, as in a process of its own', async () => {
    await visit()
    const [warm, again] = [await visit({ requestId: 'draw' }), await visit({ requestId: 'draw' })]
    const cold = await runInProcess(project, { payload: {}, requestId: 'draw' })
    const { draws } = JSON.parse((cold.result as unknown as { answer: string }).answer) as { draws: number[] }
    expect(warm.draws).toEqual(draws)
    expect(again.draws).toEqual(draws)
    expect((await visit()).draws).not.toEqual(draws)
  })
})

test('a workflow whose modules need the host at once gets it in every run', async () => {
  const main = path.join(import.meta.dir, 'workflows/eager.ts')
  const eager = createProject({ chain, donFile: project.donFile, porApiUrl: 'http://unused.example', main })
  const served = await openInProcess(eager)
  const told: unknown[] = []
  for (const requestId of ['a', 'b', 'a']) {
    const { result, lines } = await runOn(served, eager, { payload: {}, requestId })
    told.push([(result as unknown as { answer: string } | undefined)?.answer, lines])
  }
  await served.stop()
  const cold = await runInProcess(eager, { payload: {}, requestId: 'a' })
  const [first, second, third] = told
  expect(first).toEqual([(cold.result as unknown as { answer: string }).answer, cold.lines])
  expect(cold.lines).toEqual([expect.stringMatching(/^drawn 0\.\d+$/)])
  expect(third).toEqual(first)
  expect(second).not.toEqual(first)
})

describe('a run that went wrong does not harm the next', () => {
  const faults: Record<string, { options: Partial<RunOptions>; code?: string }> = {
    'nodes that crash': {
      code: 'NODES_FAILED',
      options: {
        portsOf: ({ name, ordinary }) =>
          name === 'node-1' || name === 'node-2' ? { ...ordinary, tap: () => ({ action: 'crash' }) } : ordinary,
      },
    },
    'a node that stalls': {
      options: {
        patience: { graceMillis: 100, quorumMillis: 1_000, finishMillis: 0 },
        portsOf: ({ name, ordinary }) =>
          name === 'node-3' ? { ...ordinary, tap: () => new Promise(() => undefined) } : ordinary,
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
    expect(named(events, 'node.finished')).toHaveLength(8)
    expect(events.filter(({ level }) => level === 'warn')).toEqual([])
  })

  test('a run whose configuration is refused', async () => {
    await visit()
    const runDir = '/nonexistent'
    const request = { runDir, privateRun: false, requestId: 'x', transmitterSlot: 0, trigger: { kind: 'http' } } as const
    const outlets = { journal: () => undefined, print: () => undefined }
    await expect(don.run(request, outlets)).rejects.toThrow('config.json cannot be read')
    expect((await visit()).found).toEqual([])
  })
})
