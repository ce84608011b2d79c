/** Several sources: the rules that make one figure of them, limits, the jump guard, and what a configuration may say. */
import { describe, expect, test as plainTest } from 'bun:test'
import { test } from '@chainlink/cre-sdk/test'
import { parseUnits } from 'viem'
import {
  type Answer,
  CONSUMER,
  NOW_MILLIS,
  SOURCE_NAME,
  STABLECOIN,
  configOf,
  proveOnTestRuntime,
  soleSource,
  verdictOf,
} from './support/reserve-runtime'

const units = (amount: string): string => parseUnits(amount, 18).toString()
const at = (secondsAgo: number): string => new Date(NOW_MILLIS - secondsAgo * 1000).toISOString()

type Said = { amount?: string; age?: number; ripcord?: boolean; status?: number }

/** Sources a, b, c … of the guide's format, each saying what is given. */
function several(rule: Record<string, unknown>, said: Said[]) {
  const names = [...'abcde'].slice(0, said.length)
  const sources = names.map((name) => ({
    name,
    class: 'auditor',
    dialect: 'guide',
    unit: 'USD',
    maxAgeSeconds: 300,
    url: `https://${name}.example/{stablecoin}`,
  }))
  const answer = (url: string): Answer => {
    const { amount = '100', age = 10, ripcord, status } = said[names.indexOf(new URL(url).hostname.charAt(0))] ?? {}
    return { status: status ?? 200, body: JSON.stringify({ totalReserve: amount, lastUpdated: at(age), ripcord }) }
  }
  return proveOnTestRuntime({ config: configOf({ rule, sources }), answer })
}

const agreement = (required: number, toleranceBps = 100) => ({ kind: 'agreement', required, toleranceBps })

describe('reserve rule: sum', () => {
  test('adds every account, and is as old as the oldest', () => {
    const proof = several({ kind: 'sum' }, [
      { amount: '100.5', age: 10 },
      { amount: '200', age: 60 },
    ])
    expect(proof).toMatchObject({
      reserve: { amount: 300_500_000_000_000_000_000n, observedAt: NOW_MILLIS / 1000 - 60 },
    })
    expect(proof.evidence.sources.map(({ name, amount }) => [name, amount])).toEqual([
      ['a', units('100.5')],
      ['b', units('200')],
    ])
  })
  const stops: [string, Said, string][] = [
    ['silent', { status: 503 }, 'POR_UNAVAILABLE SOURCE_UNAVAILABLE'],
    ['old', { age: 301 }, 'POR_STALE TOO_OLD'],
    ['ahead', { age: -121 }, 'POR_STALE IN_THE_FUTURE'],
    ['negative', { amount: '-1' }, 'POR_INVALID AMOUNT_NEGATIVE'],
    ['zero', { amount: '0' }, 'POR_INVALID AMOUNT_ZERO'],
    ['alarmed', { ripcord: true }, 'POR_RIPCORD RIPCORD_PULLED'],
    ['unknown', { status: 404 }, 'NO_RESERVE_ASSIGNED ACCOUNT_UNKNOWN'],
  ]
  for (const [name, said, verdict] of stops) {
    test(`one source that is ${name} stops it`, () => {
      const proof = several({ kind: 'sum' }, [{}, said, {}])
      expect(verdictOf(proof)).toBe(verdict)
      expect(proof.evidence.sources.map(({ word }) => word)).toEqual(['', verdict.split(' ')[1] ?? '', ''])
      expect('refusal' in proof && proof.sources).toBe('b')
    })
  }
  test('a sum larger than the feed can hold is refused', () => {
    const half = '200000000000000000000'
    expect(verdictOf(several({ kind: 'sum' }, [{ amount: half }]))).toBe(units(half))
    expect(verdictOf(several({ kind: 'sum' }, [{ amount: half }, { amount: half }]))).toBe(
      'POR_INVALID AMOUNT_TOO_LARGE',
    )
  })
})

describe('reserve rule: agreement', () => {
  test('the lowest of those who agree counts', () => {
    expect(verdictOf(several(agreement(2), [{ amount: '100' }, { amount: '100.9' }]))).toBe(units('100'))
  })
  test('a figure beyond the tolerance does not agree', () => {
    expect(verdictOf(several(agreement(2), [{ amount: '98.9' }, { amount: '100' }]))).toBe(
      'POR_INVALID SOURCES_DISAGREE',
    )
    expect(verdictOf(several(agreement(2), [{ amount: '99' }, { amount: '100' }]))).toBe(units('99'))
  })
  test('one who stands apart is outvoted and named', () => {
    const proof = several(agreement(2), [{ amount: '100' }, { amount: '99999' }, { amount: '100' }])
    expect(verdictOf(proof)).toBe(units('100'))
    expect(proof.evidence.warnings).toEqual(['b stands apart from the others'])
  })
  test('of two groups the lower one counts', () => {
    expect(
      verdictOf(several(agreement(2), [{ amount: '500' }, { amount: '100' }, { amount: '500' }, { amount: '100' }])),
    ).toBe(units('100'))
  })
  test('silence and age are borne while enough agree, with a warning', () => {
    const proof = several(agreement(2), [{}, { status: 503 }, { age: 400 }, {}])
    expect(verdictOf(proof)).toBe(units('100'))
    expect(proof.evidence.warnings).toEqual([
      'b does not count: POR_UNAVAILABLE, SOURCE_UNAVAILABLE',
      'c does not count: POR_STALE, TOO_OLD',
    ])
  })
  test('too few voices are what the first missing one is', () => {
    expect(verdictOf(several(agreement(2), [{}, { age: 400 }]))).toBe('POR_STALE TOO_OLD')
    expect(verdictOf(several(agreement(2), [{ status: 500 }, { status: 500 }]))).toBe(
      'POR_UNAVAILABLE SOURCE_UNAVAILABLE',
    )
  })
  test('an alarm is never outvoted', () => {
    expect(verdictOf(several(agreement(2), [{}, {}, { ripcord: true }]))).toBe('POR_RIPCORD RIPCORD_PULLED')
    expect(verdictOf(several(agreement(2), [{}, {}, { amount: '-5' }]))).toBe('POR_INVALID AMOUNT_NEGATIVE')
  })
})

describe('reserve rule: self-reported', () => {
  const proveSelf = (amount: string) =>
    proveOnTestRuntime({
      config: configOf(soleSource({ dialect: 'guide', class: 'self-reported', limit: 500 })),
      answer: () => ({ body: JSON.stringify({ totalReserve: amount, lastUpdated: at(0) }) }),
    })
  test('counts, with a warning', () => {
    const proof = proveSelf('400')
    expect(verdictOf(proof)).toBe(units('400'))
    expect(proof.evidence.warnings).toEqual([`${SOURCE_NAME} is self-reported: the issuer vouches for its own reserve`])
  })
  test('counts up to its limit only', () => {
    const proof = proveSelf('1000000')
    expect(verdictOf(proof)).toBe(units('500'))
    expect(proof.evidence.warnings[0]).toEndWith('it reports more, but counts up to 500')
  })
})

describe('a named stablecoin', () => {
  const backing = (stablecoin: string, rule: Record<string, unknown> = { kind: 'sum' }) => {
    const source = { name: 'own', dialect: 'guide', class: 'auditor', unit: 'USD', maxAgeSeconds: 300 }
    const own = { ...source, url: 'https://own.example/{stablecoin}' }
    const named = { ...source, name: 'named', url: 'https://named.example', stablecoin }
    const asked: Parameters<typeof proveOnTestRuntime>[0]['asked'] = []
    const answer = () => ({ body: JSON.stringify({ totalReserve: '100', lastUpdated: at(0) }) })
    return { proof: proveOnTestRuntime({ config: configOf({ rule, sources: [own, named] }), answer, asked }), asked }
  }
  test('is backed, in whichever case it is written', () => {
    const { proof, asked } = backing(STABLECOIN.toLowerCase())
    expect(verdictOf(proof)).toBe(units('200'))
    expect(asked.map(({ url }) => url)).toEqual([`https://own.example/${STABLECOIN}`, 'https://named.example'])
  })
  test('that is another backs nothing here and is not asked', () => {
    for (const rule of [{ kind: 'sum' }, agreement(1)]) {
      const { proof, asked } = backing(CONSUMER, rule)
      expect(verdictOf(proof)).toBe('NO_RESERVE_ASSIGNED OTHER_STABLECOIN')
      expect(asked).toHaveLength(1)
    }
  })
})

describe('jump guard', () => {
  const jump = (last: string, now: string, observedAt = 1n): string =>
    verdictOf(
      proveOnTestRuntime({
        config: configOf(soleSource({ dialect: 'guide', maxChangeBps: 1000 })),
        answer: () => ({ body: JSON.stringify({ totalReserve: now, lastUpdated: at(0) }) }),
        proof: { amount: parseUnits(last, 18), observedAt },
      }),
    )
  test('a rise by the bound is believed, one cent more is not', () => {
    expect(jump('100', '110')).toBe(units('110'))
    expect(jump('100', '110.01')).toBe('POR_INVALID JUMP_TOO_LARGE')
  })
  test('a fall is never held back', () => expect(jump('100', '1')).toBe(units('1')))
  test('before the first proof there is nothing to compare with', () =>
    expect(jump('0', '1000000', 0n)).toBe(units('1000000')))
})

describe('reserve configuration', () => {
  const guide = {
    name: 'a',
    class: 'auditor',
    dialect: 'guide',
    unit: 'USD',
    maxAgeSeconds: 300,
    url: 'https://a.example/{stablecoin}',
  }
  const wallets = {
    name: 'w',
    class: 'on-chain',
    dialect: 'wallets',
    unit: 'USD',
    maxAgeSeconds: 300,
    asset: CONSUMER,
    addresses: [CONSUMER],
    stablecoin: STABLECOIN,
  }
  const sum = { kind: 'sum' }
  const sourcesNamed = (count: number, rest: object = {}) =>
    [...'abcdefghij'].slice(0, count).map((name) => ({ ...guide, name, ...rest }))
  const refused: [string, unknown, string][] = [
    ['no source', { rule: sum, sources: [] }, 'sources'],
    ['an unknown dialect', { rule: sum, sources: [{ ...guide, dialect: 'word-of-mouth' }] }, 'dialect'],
    ['an unknown field', { rule: sum, sources: [{ ...guide, surprise: 1 }] }, 'unknown field surprise'],
    ['a file', { rule: sum, sources: [{ ...guide, url: 'file:///reserve.json' }] }, 'url is a file: URL'],
    ['two of one name', { rule: sum, sources: [guide, guide] }, 'same name'],
    ['another currency', { rule: sum, sources: [{ ...guide, unit: 'EUR' }] }, 'counts EUR, the basket USD'],
    [
      'a needless price feed',
      { rule: sum, sources: [{ ...wallets, priceFeed: { address: CONSUMER, maxAgeSeconds: 60 } }] },
      'a price feed is for other units',
    ],
    [
      'self-reported without a limit',
      { rule: sum, sources: [{ ...guide, class: 'self-reported' }] },
      'a limit is required',
    ],
    ['a limit for an auditor', { rule: sum, sources: [{ ...guide, limit: 5 }] }, 'a limit is required'],
    ['BitGo without a key', { rule: sum, sources: [{ ...guide, dialect: 'bitgo' }] }, 'publicKey is missing'],
    [
      'BitGo with words for a key',
      { rule: sum, sources: [{ ...guide, dialect: 'bitgo', publicKey: 'key' }] },
      'publicKey is neither',
    ],
    ['HTTP as on-chain', { rule: sum, sources: [{ ...guide, class: 'on-chain' }] }, 'class'],
    [
      'more agreement than sources',
      { rule: agreement(3), sources: sourcesNamed(2) },
      'requires 3 sources, there are 2',
    ],
    ['six HTTP calls', { rule: sum, sources: sourcesNamed(6) }, '6 HTTP calls, a DON allows 5'],
    ['three Bridges', { rule: sum, sources: sourcesNamed(3, { dialect: 'bridge' }) }, '6 HTTP calls, a DON allows 5'],
    [
      'too many reads',
      { rule: sum, sources: [...'abcde'].map((name) => ({ ...wallets, name })) },
      '18 reads of the chain, a DON allows 15',
    ],
    [
      'a replaceable consumer',
      { rule: sum, sources: [{ ...guide, url: 'https://a.example/{consumer}' }] },
      'url names {consumer}, which can be replaced',
    ],
    ['a reserve for all', { rule: sum, sources: [{ ...guide, url: 'https://a.example' }] }, 'a must back one basket'],
    [
      'a stablecoin that is not sent',
      { rule: sum, sources: [{ ...guide, url: 'https://a.example/#{stablecoin}' }] },
      'a must back one basket',
    ],
    ['wallets for all', { rule: sum, sources: [{ ...wallets, stablecoin: undefined }] }, 'w must back one basket'],
    [
      'an account of each that backs one',
      { rule: sum, sources: [{ ...guide, stablecoin: STABLECOIN }] },
      'a must back one basket',
    ],
    ['too slow', { rule: sum, sources: [{ ...guide, timeoutMs: 10_001 }] }, 'timeoutMs'],
    ['too large', { rule: sum, sources: [{ ...guide, maxBytes: 100_001 }] }, 'maxBytes'],
  ]
  for (const [name, reserves, reason] of refused) {
    plainTest(`refused: ${name}`, () => expect(() => configOf(reserves)).toThrow(reason))
  }
  plainTest('the reserve comes from one place', () => {
    const reserves = { rule: sum, sources: [guide] }
    expect(() => configOf(reserves, { porApiUrl: 'https://a.example/{stablecoin}' })).toThrow('both are configured')
    expect(() => configOf(undefined)).toThrow('neither is configured')
  })
  plainTest('five calls are what a DON allows', () => {
    expect(configOf({ rule: sum, sources: sourcesNamed(5) }).reserves?.sources).toHaveLength(5)
  })
})
