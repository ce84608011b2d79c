/** The local reserve API, the workflow and the contracts together: each format mints, each scenario refuses with its code. */
import { afterAll, describe, expect, test } from 'bun:test'
import { LIE_PAUSE_MILLIS, createLiar } from '../../scripts/reserve-api/scenario'
import { PRODUCTION_LIMITS } from '../host/base/limits'
import { ACCOUNTS } from './support/fixture'
import { type Project, type RunOutcome, createProject, payloadOf, runInProcess, tokens } from './support/project'
import { startReserveApi } from './support/reserve-api'
import { openChainStage } from './support/stage'
import { keepWarm } from './support/warm'

const MILLION = tokens(1_000_000)
const LIE = tokens(1_000_000_000)
/** For a quorum and then for the nodes that come later, as host/run/run.ts has it. */
const DON_TIMEOUT_MILLIS = 20_500

const { chain, donFile } = await openChainStage()
const api = await startReserveApi()
afterAll(() => api.stop())

const common = { class: 'custodian', unit: 'USD', maxAgeSeconds: 300 }
const sources: Record<string, Record<string, unknown>> = {
  guide: { dialect: 'guide', url: `${api.origin}/reserves/{stablecoin}` },
  ledgerlens: { dialect: 'ledgerlens-tusd', class: 'auditor', url: `${api.origin}/ledgerlens/{stablecoin}` },
  bitgo: { dialect: 'bitgo', url: `${api.origin}/bitgo/{stablecoin}`, publicKey: api.publicKey },
}
const projects: Record<string, Project> = {
  porApiUrl: createProject({ chain, donFile, porApiUrl: `${api.origin}/reserves/{stablecoin}` }),
}
for (const [name, format] of Object.entries(sources)) {
  const reserves = { rule: { kind: 'sum' }, sources: [{ ...common, name, ...format }] }
  projects[name] = createProject({ chain, donFile, config: { porApiUrl: undefined, reserves } })
}

const runs = new Map(Object.entries(projects).map(([name, project]) => [name, keepWarm(project)]))

function projectOf(format: string): Project {
  const project = projects[format]
  if (project === undefined) throw new Error(`no project ${format}`)
  return project
}

const payload = (format: string) =>
  payloadOf(projectOf(format), { orders: [{ account: ACCOUNTS.beneficiary, amount: tokens(2) }] })

function mint(format: string): Promise<RunOutcome> {
  const run = runs.get(format)
  if (run === undefined) throw new Error(`no project ${format}`)
  return run({ payload: payload(format) })
}

const formats = ['guide', 'ledgerlens', 'bitgo', 'porApiUrl']

/** A DON carries out one run at a time; runs at the same time have one each, and a transmitter each. */
function mintApart(transmitterSlot: number): Promise<RunOutcome> {
  return runInProcess(projectOf('guide'), { payload: payload('guide'), transmitterSlot })
}

describe('scenario: healthy', () => {
  for (const format of formats) {
    test(`${format} mints`, async () => {
      await api.play('healthy')
      const { result, error } = await mint(format)
      expect(error).toBeUndefined()
      expect(result?.orders.map(({ outcome, code }) => [outcome, code])).toEqual([['delivered', '']])
      expect(result?.reserves.amount).toBe(MILLION)
      expect(result?.reserves.sources).toEqual([
        expect.objectContaining({ name: format, amount: MILLION, observedAt: result?.reserves.observedAt, code: '' }),
      ])
    })
  }
})

const scenarios: [string, string, string][] = [
  ['falling', 'POR_INSUFFICIENT_RESERVES', 'RESERVE_INSUFFICIENT'],
  ['stale', 'POR_STALE', 'TOO_OLD'],
  ['ripcord', 'POR_RIPCORD', 'RIPCORD_PULLED'],
  ['down', 'POR_UNAVAILABLE', 'SOURCE_UNAVAILABLE'],
]

for (const [scenario, code, word] of scenarios) {
  describe(`scenario: ${scenario}`, () => {
    for (const format of formats) {
      test(`${format} refuses with ${code}`, async () => {
        await api.play(scenario)
        const { result } = await mint(format)
        expect(result?.orders.map((order) => [order.code, order.reason.split(':')[0]])).toEqual([[code, word]])
        expect(result?.txHash).toBe('')
      })
    }
  })
}

describe('scenario: forged signature', () => {
  test('bitgo refuses with POR_INVALID', async () => {
    await api.play('forged-signature')
    const { result } = await mint('bitgo')
    expect(result?.orders).toEqual([
      expect.objectContaining({
        outcome: 'refused',
        code: 'POR_INVALID',
        reason: 'SIGNATURE_INVALID: the signature does not verify',
      }),
    ])
    expect(result?.reserves.sources).toEqual([
      expect.objectContaining({ name: 'bitgo', amount: '', code: 'POR_INVALID', word: 'SIGNATURE_INVALID' }),
    ])
  })
})

/** The amounts that the nodes of a run heard from its one source. */
function heard({ events }: RunOutcome): string[] {
  const observations = events.filter(({ event }) => event === 'consensus.observation')
  return observations.map(({ value }) => String((value as { amount: unknown }).amount)).sort()
}

describe('scenario: lying node', () => {
  for (const format of formats) {
    test(`${format} mints against what the others heard`, async () => {
      await api.play('lying-node')
      const outcome = await mint(format)
      expect(outcome.result?.orders.map(({ code }) => code)).toEqual([''])
      expect(outcome.result?.reserves.amount).toBe(MILLION)
      expect(heard(outcome)).toEqual([MILLION, MILLION, MILLION, LIE])
    })
  }
  test('of runs at the same time, not one hears two lies', async () => {
    await api.play('lying-node')
    const outcomes = await Promise.all([0, 1, 2, 3].map(mintApart))
    for (const { result, error } of outcomes) {
      expect(error).toBeUndefined()
      expect(result?.orders.map(({ code }) => code)).toEqual([''])
      expect(result?.reserves.amount).toBe(MILLION)
    }
    expect(outcomes.flatMap(heard).sort()).toEqual([...Array<string>(15).fill(MILLION), LIE])
  })
  test('two lies are further apart than the requests of a run', () => {
    const isLiedTo = createLiar()
    const lies: number[] = []
    for (let nowMillis = 0; nowMillis <= 4 * LIE_PAUSE_MILLIS; nowMillis += 50) {
      if (isLiedTo({ account: 'a', nowMillis })) lies.push(nowMillis)
    }
    expect(lies).toEqual([0, 1, 2, 3, 4].map((count) => count * LIE_PAUSE_MILLIS))
    expect(isLiedTo({ account: 'b', nowMillis: lies.at(-1) ?? 0 })).toBe(true)
    expect(LIE_PAUSE_MILLIS).toBeGreaterThan(PRODUCTION_LIMITS.httpTimeoutMillis + DON_TIMEOUT_MILLIS)
  })
})

test('scenario: a reserve that was topped up mints again', async () => {
  await api.play('healthy', '0.50')
  expect((await mint('guide')).result?.orders[0]?.code).toBe('POR_INSUFFICIENT_RESERVES')
  await api.play('healthy', '500000')
  const { result } = await mint('guide')
  expect(result?.orders[0]?.code).toBe('')
  expect(result?.reserves.amount).toBe(tokens(500_000))
})
