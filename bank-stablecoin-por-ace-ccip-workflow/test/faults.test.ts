/** What the DON tolerates, and what it refuses: one faulty node of four against every step, then two. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { NodePorts } from '../host/ports'
import { type TestChain, keysFor, removeTemporary, startChain } from './support/fixture'
import { type Project, type RunOutcome, createProject, payloadOf, runInProcess } from './support/project'
import { type ReserveSource, healthyReserve, startReserveSource } from './support/reserve-source'

let chain: TestChain
let source: ReserveSource
let project: Project

beforeAll(async () => {
  chain = await startChain()
  source = startReserveSource()
  project = createProject({ chain, donFile: await keysFor(chain), porApiUrl: source.url })
}, 60_000)

afterAll(async () => {
  await chain?.stop()
  await source?.stop()
  removeTemporary()
})

type Fault = (ordinary: NodePorts) => NodePorts

/** Runs with the fault in the first `count` nodes. */
function runWith(fault: Fault, count: number): Promise<RunOutcome> {
  const faulty = ['node-1', 'node-2', 'node-3'].slice(0, count)
  return runInProcess(project, {
    payload: payloadOf(project),
    patience: { graceMillis: 150, quorumMillis: 1_000 },
    portsOf: ({ name, ordinary }) => (faulty.includes(name) ? fault(ordinary) : ordinary),
  })
}

/** Waits until the run is over: a node that never answers. */
const never = () => new Promise<never>(() => undefined)

const faults: Record<string, { fault: Fault; event: string; beyondF: { code: string } | { refusal: string } }> = {
  'an HTTP source that fails': {
    fault: (ports) => ({ ...ports, fetch: async () => new Response('down', { status: 503 }) }),
    event: 'consensus.observation',
    beyondF: { refusal: 'POR_UNAVAILABLE' },
  },
  'a stalled HTTP request': {
    fault: (ports) => ({ ...ports, fetch: never }),
    event: 'node.late',
    beyondF: { code: 'NODES_FAILED' },
  },
  'a crash at its first call': {
    fault: (ports) => ({ ...ports, tap: () => ({ action: 'crash' }) }),
    event: 'node.faulty',
    beyondF: { code: 'NODES_FAILED' },
  },
  'a chain endpoint that answers nothing': {
    fault: (ports) => ({ ...ports, rpc: never }),
    event: 'node.finished',
    beyondF: { code: 'NODES_FAILED' },
  },
}

describe('one faulty node of four', () => {
  for (const [name, { fault, event }] of Object.entries(faults)) {
    test(`${name} does not stop the mint`, async () => {
      const { result, events, error } = await runWith(fault, 1)
      expect(error).toBeUndefined()
      expect(result?.orders).toEqual([expect.objectContaining({ outcome: 'delivered', code: '' })])
      expect(events.filter((entry) => entry.event === event).map(({ node }) => node)).toContain('node-1')
    })
  }
})

test('healthy nodes are all named as finished', async () => {
  source.answer(() => healthyReserve())
  const { result, events } = await runWith((ports) => ports, 0)
  expect(result?.txHash).toMatch(/^0x[0-9a-f]{64}$/)
  expect(events.filter(({ level }) => level === 'warn')).toEqual([])
})
