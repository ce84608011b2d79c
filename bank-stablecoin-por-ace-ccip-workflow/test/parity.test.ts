/**
 * The same code in the DON's own engine: one node of four runs the bundled workflow inside Chainlink's QuickJS plugin, the
 * others in Bun. The DON compares every request of every node byte for byte, report bodies and results included, so a run
 * without a diverging node is a run in which the engines agree.
 */
import { expect, test } from 'bun:test'
import { ACCOUNTS } from './support/fixture'
import { type RunOutcome, payloadOf, runCommand, tokens } from './support/project'
import { healthyReserve } from './support/reserve-source'
import { openStage } from './support/stage'
import { keepWarm } from './support/warm'

const TIMEOUTS = { graceMillis: 20_000, quorumMillis: 30_000, finishMillis: 30_000 }
const QUICKJS_NODE = 'node-4'

const { source, project } = await openStage()
const run = keepWarm(project, { engineOf: (node) => (node === QUICKJS_NODE ? 'quickjs' : 'bun') })

function expectAgreement({ events }: RunOutcome): void {
  expect(events.filter(({ level }) => level === 'warn')).toEqual([])
  const finished = events.filter(({ event, phase }) => event === 'node.finished' && phase === 'trigger')
  expect(finished.map(({ node }) => node).sort()).toEqual(['node-1', 'node-2', 'node-3', QUICKJS_NODE])
}

async function runMixed(payload: unknown, trigger: 'http' | 'cron' = 'http'): Promise<RunOutcome> {
  const outcome = await run({ payload, trigger: { kind: trigger }, timeouts: TIMEOUTS })
  expectAgreement(outcome)
  return outcome
}

const bankRef = `0x${'5'.repeat(64)}`
const order = { account: ACCOUNTS.beneficiary, amount: tokens(1) }

const cases: Record<string, { payload: () => unknown; codes?: string[]; error?: string }> = {
  'one order': { payload: () => payloadOf(project, { orders: [{ ...order, bankRef }] }), codes: [''] },
  'a used reference': {
    payload: () => payloadOf(project, { orders: [{ ...order, bankRef }] }),
    codes: ['DUPLICATE_REFERENCE'],
  },
  'a batch with refusals': {
    payload: () =>
      payloadOf(project, {
        orders: [
          order,
          { account: '0x0000000000000000000000000000000000000000', amount: tokens(1) },
          { account: '0x90F79bf6EB2c4f870365E785982E1f101E93b906', amount: '1' },
          { account: '0x60105ec2b4eb1a8a27f4090d4b05f15f33a7fbfd', amount: tokens(2) },
        ],
      }),
    codes: ['', 'INVALID_ORDER', 'ACE_REJECTED', 'INVALID_ORDER'],
  },
  'an MT103 message': {
    payload: () => ({
      messageType: 'MT103',
      transactionId: 'TX-1',
      beneficiary: { account: ACCOUNTS.beneficiary, name: 'Zoë Ünicode' },
      amount: '12345.67',
      currency: 'USD',
      bankReference: 'Überweisung №7',
    }),
    codes: [''],
  },
  'an expired request': { payload: () => payloadOf(project, { validUntil: 1_700_000_000 }), codes: ['EXPIRED'] },
  'a payload with an unknown field': {
    payload: () => ({ ...payloadOf(project), extra: true }),
    error: 'unknown field extra',
  },
  'no payload object': { payload: () => 'text', error: 'payload refused' },
}

for (const [name, { payload, codes, error }] of Object.entries(cases)) {
  test(`parity: engines agree on ${name}`, async () => {
    const outcome = await runMixed(payload())
    if (codes !== undefined) expect(outcome.result?.orders.map(({ code }) => code)).toEqual(codes)
    if (error !== undefined) expect(outcome.error?.message).toContain(error)
  })
}

const answers: Record<string, { answer: () => Response; code: string }> = {
  'an exact number': { answer: () => healthyReserve({ totalReserve: 965051849.99 }), code: '' },
  'an exponent': {
    answer: () => new Response(`{"accountName":"x","totalReserve":1.5e6,"lastUpdated":"${new Date().toISOString()}"}`),
    code: '',
  },
  'a zone offset': {
    answer: () =>
      healthyReserve({ lastUpdated: new Date(Date.now() + 7_200_000).toISOString().replace('Z', '+02:00') }),
    code: '',
  },
  'too little': { answer: () => healthyReserve({ totalReserve: '0.5' }), code: 'POR_INSUFFICIENT_RESERVES' },
  'an old stamp': { answer: () => healthyReserve({ lastUpdated: '2020-02-29T00:00:00Z' }), code: 'POR_STALE' },
  'an impossible date': {
    answer: () => healthyReserve({ lastUpdated: '2021-02-29T00:00:00Z' }),
    code: 'POR_UNAVAILABLE',
  },
  'broken JSON': { answer: () => new Response('{"totalReserve":01}'), code: 'POR_UNAVAILABLE' },
  'a missing account': { answer: () => new Response('', { status: 404 }), code: 'NO_RESERVE_ASSIGNED' },
}

for (const [name, { answer, code }] of Object.entries(answers)) {
  test(`parity: engines agree on a reserve with ${name}`, async () => {
    const stamped = await answer().text()
    const { status } = answer()
    source.answer(() => new Response(stamped, { status }))
    const outcome = await run({ payload: payloadOf(project), timeouts: TIMEOUTS })
    source.answer(() => healthyReserve())
    const seen = outcome.events.filter(({ event }) => event === 'consensus.observation')
    const said = new Set(seen.map(({ value, error }) => JSON.stringify(value ?? error)))
    expect({ nodes: seen.length, different: said.size }).toEqual({ nodes: 4, different: 1 })
    expect(outcome.result?.orders.map((entry) => entry.code)).toEqual([code])
  })
}

test('parity: engines agree on the reserve report', async () => {
  const outcome = await runMixed(payloadOf(project), 'cron')
  expect(outcome.result?.orders).toEqual([])
  expect(outcome.result?.txHash).toMatch(/^0x[0-9a-f]{64}$/)
})

test('QuickJS: a whole DON mints with --engine quickjs', async () => {
  const { exitCode, stdout } = await runCommand(project, { args: ['--engine', 'quickjs'] })
  expect(exitCode).toBe(0)
  expect(stdout.some((line) => /^Mint report delivered: 0x[0-9a-f]{64}$/.test(line))).toBe(true)
})
