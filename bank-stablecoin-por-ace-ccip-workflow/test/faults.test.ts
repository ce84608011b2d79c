/**
 * The fault matrix: each fault in one node of four (f = 1) is tolerated and named; in two nodes it is refused with their
 * names, or cannot do harm.
 */
import { describe, expect, test } from 'bun:test'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { anyPack, anyUnpack } from '@bufbuild/protobuf/wkt'
import { Value } from '@chainlink/cre-sdk'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { reportDigest } from '../host/chain/report'
import { RpcRefused, RpcUnavailable } from '../host/chain/rpc'
import type { DonTimeouts } from '../host/don/don'
import type { NodePorts } from '../host/don/ports'
import { signAnything } from './support/keys'
import { type ResultLine, type RunOutcome, payloadOf, tokens } from './support/project'
import { healthyReserve } from './support/reserve-source'
import { openStage } from './support/stage'
import { keepWarm } from './support/warm'

const { project } = await openStage()
const run = keepWarm(project)

/** The ports of a faulty node; `index` tells two liars apart. */
type Fault = (ordinary: NodePorts, index: number) => NodePorts

const FAULTY = ['node-1', 'node-2']

/** Long enough that no healthy node is ever late on a busy machine. */
const PATIENT: Partial<DonTimeouts> = { graceMillis: 10_000, quorumMillis: 15_000, finishMillis: 300 }
/** For faults that only time reveals. */
const HASTY: Partial<DonTimeouts> = { graceMillis: 400, quorumMillis: 1_500, finishMillis: 300 }

/** Runs with the fault in the first `count` nodes. */
function runWith(fault: Fault, count: number, timeouts = PATIENT): Promise<RunOutcome> {
  const faulty = FAULTY.slice(0, count)
  return run({
    payload: payloadOf(project),
    timeouts,
    portsOf: ({ name, ordinary }) => (faulty.includes(name) ? fault(ordinary, faulty.indexOf(name)) : ordinary),
  })
}

/** Notes every signature that a node is asked for. */
function recordingSignatures(fault: Fault, asked: string[]): Fault {
  return (ordinary, index) => {
    const ports = fault(ordinary, index)
    const sign: NodePorts['sign'] = (report) => {
      asked.push(reportDigest(report))
      return ports.sign(report)
    }
    return { ...ports, sign }
  }
}

/** A node that does not answer. */
const never = () => new Promise<never>(() => undefined)

/** Crashes when the guest makes its n-th call. */
function crashAt(call: number): Fault {
  return (ports) => {
    let calls = 0
    return {
      ...ports,
      intercept: (message) => ({ action: message.kind === 'call' && ++calls === call ? 'crash' : 'pass' }),
    }
  }
}

/** Rewrites one method's request. */
function rewriting(method: string, change: (request: SDK_PB.CapabilityRequest, index: number) => void): Fault {
  return (ports, index) => ({
    ...ports,
    intercept: (message) => {
      if (message.kind !== 'call' || message.method !== method) return { action: 'pass' }
      const request = fromBinary(SDK_PB.CapabilityRequestSchema, message.bytes)
      change(request, index)
      return { action: 'replace', bytes: toBinary(SDK_PB.CapabilityRequestSchema, request) }
    },
  })
}

/** Answers one RPC method by itself. */
function rpcAnswering(method: string, answer: (index: number) => unknown): Fault {
  return (ports, index) => ({
    ...ports,
    rpc: async (asked, args) => (asked === method ? answer(index) : ports.rpc(asked, args)),
  })
}

const word = (value: number) => `0x${value.toString(16).padStart(64, '0')}`

type Expected =
  /** The mint goes through. */
  | { mints: true }
  /** The workflow refuses with this code. */
  | { refusal: string }
  /** The host ends the run with this code. */
  | { fails: string }

/** `signed` tells that beyond f the run fails only once somebody has signed. */
type Row = { fault: Fault; named: string; beyondF: Expected; timeouts?: Partial<DonTimeouts>; signed?: true }

const matrix: Record<string, Row> = {
  'crash at call 1 (factory)': { fault: crashAt(1), named: 'node.faulty', beyondF: { fails: 'NODES_FAILED' } },
  'crash at call 2 (survey)': { fault: crashAt(2), named: 'node.faulty', beyondF: { fails: 'NODES_FAILED' } },
  'crash at call 3 (HTTP)': { fault: crashAt(3), named: 'node.faulty', beyondF: { fails: 'NODES_FAILED' } },
  'crash at call 4 (consensus)': { fault: crashAt(4), named: 'node.faulty', beyondF: { fails: 'NODES_FAILED' } },
  'crash at call 5 (report)': { fault: crashAt(5), named: 'node.faulty', beyondF: { fails: 'NODES_FAILED' } },
  'crash at call 6 (write)': {
    fault: crashAt(6),
    named: 'node.faulty',
    beyondF: { fails: 'NODES_FAILED' },
    signed: true,
  },
  'source answers 503': {
    fault: (ports) => ({ ...ports, fetch: async () => new Response('down', { status: 503 }) }),
    named: 'consensus.observation',
    beyondF: { refusal: 'POR_UNAVAILABLE' },
  },
  'source does not answer': {
    fault: (ports) => ({ ...ports, fetch: never }),
    named: 'node.late',
    beyondF: { fails: 'NODES_FAILED' },
    timeouts: HASTY,
  },
  'source names another account': {
    fault: (ports) => ({ ...ports, fetch: async () => healthyReserve({ accountName: 'Thief reserve' }) }),
    named: 'consensus.observation',
    beyondF: { refusal: 'POR_UNAVAILABLE' },
  },
  'source inflates the reserve': {
    fault: (ports) => ({ ...ports, fetch: async () => healthyReserve({ totalReserve: '999999999999' }) }),
    named: 'consensus.observation',
    beyondF: { mints: true },
  },
  'source claims to be of tomorrow': {
    fault: (ports) => ({
      ...ports,
      fetch: async () => healthyReserve({ lastUpdated: new Date(Date.now() + 86_400_000).toISOString() }),
    }),
    named: 'consensus.observation',
    beyondF: { mints: true },
  },
  'chain endpoint is down': {
    fault: (ports) => ({ ...ports, rpc: async () => Promise.reject(new RpcUnavailable('UNREACHABLE')) }),
    named: 'read.failed',
    beyondF: { fails: 'RPC_UNAVAILABLE' },
  },
  'chain endpoint does not answer': {
    fault: (ports) => ({ ...ports, rpc: never }),
    named: 'node.finished',
    beyondF: { fails: 'RPC_UNAVAILABLE' },
    timeouts: HASTY,
  },
  'chain endpoint lies about a call': {
    fault: rpcAnswering('eth_call', (index) => word(index + 1)),
    named: 'read.dissent',
    beyondF: { mints: true },
  },
  'chain endpoint is ahead of the chain': {
    fault: rpcAnswering('eth_getBlockByNumber', () => ({ number: '0xffffff' })),
    named: 'node.finished',
    beyondF: { fails: 'RPC_UNAVAILABLE' },
  },
  'chain endpoint refuses in words of its own': {
    fault: rpcAnswering('eth_call', (index) => Promise.reject(new RpcRefused(`Block ${index} unbekannt`, -32000, ''))),
    named: 'read.failed',
    beyondF: { mints: true },
  },
  'chain endpoint answers what is no answer': {
    fault: rpcAnswering('eth_call', () => null),
    named: 'read.failed',
    beyondF: { mints: true },
  },
  'chain endpoint is behind': {
    fault: rpcAnswering('eth_getBlockByNumber', () => ({ number: '0x1' })),
    named: 'node.finished',
    beyondF: { fails: 'RPC_UNAVAILABLE' },
  },
  'clock is a day ahead': {
    fault: (ports) => ({ ...ports, clock: () => Date.now() + 86_400_000 }),
    named: 'node.finished',
    beyondF: { mints: true },
  },
  'clock is a day behind': {
    fault: (ports) => ({ ...ports, clock: () => Date.now() - 86_400_000 }),
    named: 'node.finished',
    beyondF: { refusal: 'POR_STALE' },
  },
  'request differs from the others': {
    fault: rewriting('CallContract', (request, index) => {
      request.method = index === 0 ? 'BalanceAt' : 'EstimateGas'
    }),
    named: 'node.faulty',
    beyondF: { fails: 'NODES_FAILED' },
  },
  'observation is forged': {
    fault: rewriting('Simple', (request) => {
      const inputs = request.payload && anyUnpack(request.payload, SDK_PB.SimpleConsensusInputsSchema)
      if (inputs === undefined) throw new Error('no inputs')
      const forged = { assigned: true, accountName: 'Test reserve', amount: 10n ** 40n, observedAt: 1 }
      inputs.observation = { case: 'value', value: Value.from(forged).proto() }
      request.payload = anyPack(SDK_PB.SimpleConsensusInputsSchema, inputs)
    }),
    named: 'consensus.observation',
    beyondF: { refusal: 'POR_STALE' },
  },
  'report payload is forged': {
    fault: rewriting('Report', (request, index) => {
      const forged = create(SDK_PB.ReportRequestSchema, {
        encodedPayload: new Uint8Array([index]),
        encoderName: 'evm',
        signingAlgo: 'ecdsa',
        hashingAlgo: 'keccak256',
      })
      request.payload = anyPack(SDK_PB.ReportRequestSchema, forged)
    }),
    named: 'node.faulty',
    beyondF: { fails: 'NODES_FAILED' },
  },
  'signature is by another key': {
    signed: true,
    fault: (ports) => ({
      ...ports,
      sign: signAnything(`0x${'7'.repeat(64)}`),
    }),
    named: 'node.faulty',
    beyondF: { fails: 'NODES_FAILED' },
  },
  'does not sign': {
    signed: true,
    fault: (ports) => ({ ...ports, sign: async () => Promise.reject(new Error('no key')) }),
    named: 'node.faulty',
    beyondF: { fails: 'NODES_FAILED' },
  },
  'is silent when it is to sign': {
    fault: (ports) => ({ ...ports, sign: never }),
    named: 'node.late',
    beyondF: { mints: true },
    timeouts: HASTY,
  },
  'dies after it signed': {
    signed: true,
    fault: (ports) => {
      let signed = false
      return {
        ...ports,
        intercept: () => ({ action: signed ? 'crash' : 'pass' }),
        async sign(report) {
          const signature = await ports.sign(report)
          signed = true
          return signature
        },
      }
    },
    named: 'node.faulty',
    beyondF: { fails: 'NODES_FAILED' },
  },
  'every message arrives twice': {
    fault: (ports) => ({ ...ports, intercept: () => ({ action: 'duplicate' }) }),
    named: 'call.refused',
    beyondF: { mints: true },
  },
  'result is another': {
    fault: (ports, index) => ({
      ...ports,
      intercept: (message) => {
        if (message.kind !== 'result' || message.phase !== 'trigger') return { action: 'pass' }
        const result = create(SDK_PB.ExecutionResultSchema, { result: { case: 'error', value: `lie ${index}` } })
        return { action: 'replace', bytes: toBinary(SDK_PB.ExecutionResultSchema, result) }
      },
    }),
    named: 'node.dissent',
    beyondF: { mints: true },
  },
  'crash after the last call': {
    signed: true,
    fault: (ports) => ({
      ...ports,
      intercept: (message) => ({ action: message.kind === 'result' && message.phase === 'trigger' ? 'crash' : 'pass' }),
    }),
    named: 'node.faulty',
    beyondF: { fails: 'NODES_FAILED' },
  },
}

function expectMint({ result, error }: RunOutcome): void {
  expect(error).toBeUndefined()
  expect(result?.orders.map(({ outcome, code }) => [outcome, code])).toEqual([['delivered', '']])
  expect(result?.reserves.amount).toBe(tokens(1_000_000))
  expect(result?.signed).toBe(true)
}

describe('faults: one faulty node of four is tolerated and named', () => {
  for (const [name, { fault, named, timeouts }] of Object.entries(matrix)) {
    test(name, async () => {
      const outcome = await runWith(fault, 1, timeouts)
      expectMint(outcome)
      expect(outcome.events.filter(({ event }) => event === named).map(({ node }) => node)).toContain('node-1')
    })
  }
})

describe('faults: two of four are refused by name, or do no harm', () => {
  for (const [name, { fault, beyondF, timeouts, signed = false }] of Object.entries(matrix)) {
    test(name, async () => {
      const asked: string[] = []
      const outcome = await runWith(recordingSignatures(fault, asked), 2, timeouts)
      if ('mints' in beyondF) return expectMint(outcome)
      if ('refusal' in beyondF) {
        expect(outcome.result?.orders.map(({ code }) => code)).toEqual([beyondF.refusal])
        expect([outcome.result?.signed, asked]).toEqual([false, []])
        return
      }
      expect([outcome.error?.code, outcome.error?.signed]).toEqual([beyondF.fails, signed])
      if (!signed) expect(asked).toEqual([])
      expect(outcome.error?.message).not.toMatch(/node-\d/)
      const named = new Set(outcome.events.filter(({ level }) => level === 'warn').map(({ node }) => node))
      for (const node of FAULTY) expect(named).toContain(node)
    })
  }
})

test('faults: a healthy run has nothing to warn of', async () => {
  const outcome = await runWith((ports) => ports, 0)
  expectMint(outcome)
  expect(outcome.events.filter(({ level }) => level === 'warn')).toEqual([])
  expect(outcome.events.filter(({ event }) => event === 'node.finished')).toHaveLength(8)
})

test('faults: f+1 nodes are asked to sign, no more while these do', async () => {
  const asked: string[] = []
  expectMint(
    await run({
      payload: payloadOf(project),
      portsOf: ({ ordinary }) => recordingSignatures((ports) => ports, asked)(ordinary, 0),
    }),
  )
  expect(asked).toHaveLength(2)
})

test('faults: a liar about the report has the others sign once', async () => {
  const asked: string[] = []
  const { fault } = matrix['report payload is forged'] as Row
  const outcome = await run({
    payload: payloadOf(project),
    timeouts: PATIENT,
    portsOf: ({ name, ordinary }) =>
      recordingSignatures(name === 'node-1' ? fault : (ports) => ports, asked)(ordinary, 0),
  })
  expectMint(outcome)
  expect(new Set(asked).size).toBe(1)
})

test('faults: calls that begin late are awaited all the same', async () => {
  const outcome = await run({
    payload: payloadOf(project),
    portsOf: ({ ordinary }) => ({
      ...ordinary,
      intercept: async () => {
        await Bun.sleep(20)
        return { action: 'pass' }
      },
    }),
  })
  expectMint(outcome)
  expect(outcome.events.filter(({ level }) => level === 'warn')).toEqual([])
})

test('heights: each node gives one, all reads use the agreed one', async () => {
  const asked: unknown[] = []
  const heights = new Set<unknown>()
  const count = (ports: NodePorts): NodePorts => ({
    ...ports,
    rpc(method, args) {
      if (method === 'eth_getBlockByNumber') asked.push(args[0])
      if (method === 'eth_call') heights.add(args[1])
      return ports.rpc(method, args)
    },
  })
  const outcome = await run({
    payload: payloadOf(project),
    portsOf: ({ ordinary }) => count(ordinary),
  })
  expectMint(outcome)
  expect(asked).toEqual(['latest', 'latest', 'latest', 'latest'])
  expect(heights.size).toBe(1)
})

test('faults: a source that fails at f+1 nodes is blamed, not they', async () => {
  const { result } = await runWith(matrix['source answers 503']?.fault ?? ((ports) => ports), 2)
  expect(result?.orders[0]?.reason).toBe('SOURCE_UNAVAILABLE: the source answered with status 503')
  const { evidence } = result as ResultLine
  expect(evidence.nodes.map(({ observations }) => observations[0]?.code)).toEqual([
    'NO_ANSWER',
    'NO_ANSWER',
    'OPEN',
    'OPEN',
  ])
})
