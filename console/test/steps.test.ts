import { describe, expect, test } from 'bun:test'
import type { Evidence, Mint, Run } from '../src/base/types'
import { type Story, storyOf } from '../src/pages/mint/steps'

const mintOf = (fields: Partial<Mint>) => ({ code: null, attempts: 1, ...fields }) as Mint
const evidenceOf = (...runs: Partial<Run>[]) => ({ runs }) as Evidence
const run = (fields: Partial<Run>): Partial<Run> => ({
  verdict: { outcome: 'delivered', code: null } as Run['verdict'],
  figures: null,
  report: null,
  delivery: null,
  stepsMillis: {},
  ...fields,
})
const refused = (code: string) => run({ verdict: { outcome: 'refused', code } as Run['verdict'] })
const figures = {} as Run['figures']
const report = {} as Run['report']
const delivery = {} as Run['delivery']

/** The steps as `name state`, without those that are still to come. */
const told = ({ steps }: Story) =>
  steps.filter(({ state }) => state !== 'open').map(({ name, state }) => `${name} ${state}`)
const done = (...names: string[]) => names.map((name) => `${name} done`)

describe('steps: as a mint goes on', () => {
  const through = ['accepted', 'compliance', 'reserves', 'report', 'transaction', 'minted', 'final']
  const cases: [string, Mint, Evidence | undefined, string[]][] = [
    ['is queued', mintOf({ status: 'queued', attempts: 0 }), undefined, [...done('accepted'), 'compliance busy']],
    ['is running', mintOf({ status: 'executing' }), undefined, [...done('accepted'), 'compliance busy']],
    [
      'was sent',
      mintOf({ status: 'submitted' }),
      undefined,
      [...done('accepted', 'compliance', 'reserves', 'report', 'transaction'), 'minted busy'],
    ],
    ['is minted', mintOf({ status: 'minted' }), undefined, [...done(...through.slice(0, 6)), 'final busy']],
    ['is final', mintOf({ status: 'finalized' }), undefined, done(...through)],
  ]
  test.each(cases)('%s', (_what, mint, evidence, steps) => {
    expect(told(storyOf(mint, evidence))).toEqual(steps)
  })
  test('an earlier run that failed says nothing of the one that runs', () => {
    const story = storyOf(mintOf({ status: 'executing', attempts: 2 }), evidenceOf(refused('POR_UNAVAILABLE')))
    expect(told(story)).toEqual([...done('accepted'), 'compliance busy'])
  })
})

describe('steps: where it stopped', () => {
  test('before any run: at the gateway itself', () => {
    const story = storyOf(mintOf({ status: 'rejected', attempts: 0, code: 'CIRCUIT_OPEN' }), undefined)
    expect(told(story)).toEqual(['accepted done', 'admission refused'])
    expect(story.run).toBeUndefined()
  })
  test.each<[NonNullable<Mint['code']>, string[]]>([
    ['ACE_REJECTED', [...done('accepted'), 'compliance refused']],
    ['POR_INSUFFICIENT_RESERVES', [...done('accepted', 'compliance'), 'reserves refused']],
    ['NO_RESERVE_ASSIGNED', [...done('accepted', 'compliance'), 'reserves refused']],
  ])('%s, with the evidence of the run and without', (code, steps) => {
    const mint = mintOf({ status: 'rejected', code })
    expect(told(storyOf(mint, evidenceOf(refused(code))))).toEqual(steps)
    expect(told(storyOf(mint, undefined))).toEqual(steps)
  })
  test.each([
    ['nothing was reached', run({}), [...done('accepted'), 'compliance refused']],
    ['the figures', run({ figures }), [...done('accepted', 'compliance'), 'reserves refused']],
    [
      'the report',
      run({ figures, report }),
      [...done('accepted', 'compliance', 'reserves', 'report'), 'transaction refused'],
    ],
    [
      'the transaction',
      run({ figures, report, delivery }),
      [...done('accepted', 'compliance', 'reserves', 'report', 'transaction'), 'minted refused'],
    ],
  ])('failed behind %s', (_what, last, steps) => {
    expect(told(storyOf(mintOf({ status: 'failed' }), evidenceOf(refused('POR_UNAVAILABLE'), last)))).toEqual(steps)
  })
  test.each([
    ['uncertain', mintOf({ status: 'uncertain' }), evidenceOf(run({ report })), 'transaction held'],
    ['waiting for the source', mintOf({ status: 'queued', code: 'POR_UNAVAILABLE' }), undefined, 'compliance held'],
  ] as [string, Mint, Evidence | undefined, string][])('%s: held', (_what, mint, evidence, last) => {
    expect(told(storyOf(mint, evidence)).at(-1)).toBe(last)
  })
})

test('steps: what each took is the newest run’s, and of the reserves both parts', () => {
  const stepsMillis = { compliance: 5, reserves: 20, consensus: 30, sign: 7, confirm: 9 }
  const { steps } = storyOf(
    mintOf({ status: 'minted' }),
    evidenceOf(run({ stepsMillis: { compliance: 999 } }), run({ stepsMillis })),
  )
  expect(Object.fromEntries(steps.map(({ name, tookMs }) => [name, tookMs]))).toEqual({
    accepted: undefined,
    compliance: 5,
    reserves: 50,
    report: 7,
    transaction: undefined,
    minted: 9,
    final: undefined,
  })
})
