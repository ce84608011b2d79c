/** Reserve sources in the DON's own engine: one node of four reads them in QuickJS and has to see what the others see. */
import { afterAll, expect, test } from 'bun:test'
import { ACCOUNTS } from './support/fixture'
import { configure, payloadOf, tokens } from './support/project'
import { startReserveApi } from './support/reserve-api'
import { openStage } from './support/stage'
import { keepWarm } from './support/warm'

const TIMEOUTS = { graceMillis: 20_000, quorumMillis: 30_000, finishMillis: 30_000 }

const { chain, project, source: frozen } = await openStage()
const run = keepWarm(project, { engineOf: (node) => (node === 'node-4' ? 'quickjs' : 'bun') })
const api = await startReserveApi()

afterAll(() => api.stop())

type Change = (body: Uint8Array) => Uint8Array

/** Runs a mint whose nodes all get the same bytes, and gives what they observed and what became of the order. */
async function observe(path: string, settings: Record<string, unknown>, change: Change = (body) => body) {
  const { stablecoin } = chain.deployment.firstBasket
  const sent = new Uint8Array(await (await fetch(`${api.origin}/${path}/${stablecoin}`)).arrayBuffer())
  const body = change(sent).slice()
  frozen.answer(() => new Response(body))
  const source = { name: path, class: 'auditor', unit: 'USD', maxAgeSeconds: 300, url: frozen.url, ...settings }
  const reserves = { rule: { kind: 'sum' }, sources: [source] }
  configure(project, { porApiUrl: undefined, reserves })
  const outcome = await run({
    payload: payloadOf(project, { orders: [{ account: ACCOUNTS.beneficiary, amount: tokens(2) }] }),
    timeouts: TIMEOUTS,
  })
  const seen = outcome.events.filter(({ event }) => event === 'consensus.observation')
  const said = new Set(seen.map(({ value, error }) => JSON.stringify(value ?? error)))
  return { nodes: seen.length, different: said.size, code: outcome.result?.orders[0]?.code }
}

const cut: Change = (body) => body.slice(0, body.indexOf('}'.charCodeAt(0)) + 1)
const LEDGERLENS = { dialect: 'ledgerlens-tusd' }
const BITGO = { dialect: 'bitgo', publicKey: api.publicKey }
// Those of one dialect follow each other, because they share a DON.
const cases: [string, string, string, Record<string, unknown>, string, Change?][] = [
  ['a LedgerLens figure', 'healthy', 'ledgerlens', LEDGERLENS, ''],
  ['a ripcord', 'ripcord', 'ledgerlens', LEDGERLENS, 'POR_RIPCORD'],
  ['an answer cut behind an inner brace', 'healthy', 'ledgerlens', LEDGERLENS, 'POR_INVALID', cut],
  ['a BitGo signature', 'healthy', 'bitgo', BITGO, ''],
  ['a forged BitGo signature', 'forged-signature', 'bitgo', BITGO, 'POR_INVALID'],
]
for (const [what, scenario, path, settings, code, change] of cases) {
  test(`parity: engines agree on ${what}`, async () => {
    await api.play(scenario)
    expect(await observe(path, settings, change)).toEqual({ nodes: 4, different: 1, code })
  })
}
