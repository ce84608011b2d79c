/**
 * Every failure of a reserve source, in every dialect that can show it, through the real workflow: the mint stops with a
 * code and word of its own, nothing is signed or sent, and the chain stays what it was.
 */
import { describe, expect, test } from 'bun:test'
import { expectMinted, expectRefused, openMintHarness, sum } from './support/mint-harness'
import { type Dialect, type DialectName, answerOf, createBitGoSigner, dialectsOf } from './support/reserve-answers'
import { withField } from './support/reserve-mutations'
import { type ReserveAnswer, healthyReserve } from './support/reserve-source'

/** So little was proved at first that every dialect's recorded reserve is a jump; two tokens of it are minted. */
const FIRST_RESERVE = '100'
/** More than any dialect's recorded answer has. */
const MAX_BYTES = 2_000
const DAY_MILLIS = 86_400_000
const HOUR_MILLIS = 3_600_000

const dialects = dialectsOf(createBitGoSigner())
const stranger = createBitGoSigner()

const harness = await openMintHarness()
const basket = await harness.createBasket()
harness.source.answer(() => healthyReserve({ totalReserve: FIRST_RESERVE }))
expectMinted(await harness.mint({ basket, reserves: sum(harness.sourceOf({})) }), FIRST_RESERVE)

/** Mints with one source of the dialect, which answers so, and expects `CODE WORD`. */
async function refuse(params: {
  settings: Record<string, unknown>
  answer: ReserveAnswer
  verdict: string
}): Promise<void> {
  harness.source.answer(params.answer)
  const attempt = await harness.mint({ basket, reserves: sum(harness.sourceOf(params.settings)) })
  expectRefused(attempt, params.verdict)
  expect(attempt.before.feed.answer).toBe(100n * 10n ** 18n)
  const [code, word] = params.verdict.split(' ')
  expect(attempt.outcome.result?.reserves.sources).toEqual([expect.objectContaining({ amount: '', code, word })])
}

type Failure = {
  verdict: string
  /** The answer of a dialect that fails so; undefined where the dialect cannot. */
  answer: (dialect: Dialect) => ReserveAnswer | undefined
}

/** A failure that every dialect can show. */
type Universal = (dialect: Dialect) => ReserveAnswer

/** The dialect's figures with its amount written so, or without it. */
const amount =
  (value: string | ((dialect: Dialect) => string) | undefined): Universal =>
  (dialect) =>
  ({ url }) => {
    const written = typeof value === 'function' ? value(dialect) : value
    return new Response(answerOf(dialect, { url, edit: (figures) => withField(figures, dialect.amountField, written) }))
  }

/** The dialect's figures with a time so many milliseconds from now. */
const time =
  (offsetMillis: number): Failure['answer'] =>
  (dialect) => {
    const { timeField } = dialect
    if (timeField === undefined) return undefined
    const at = () => JSON.stringify(new Date(Date.now() + offsetMillis).toISOString())
    return ({ url }) => new Response(answerOf(dialect, { url, edit: (figures) => withField(figures, timeField, at()) }))
  }

/** The dialect's ripcord as given, or without it. */
const ripcord =
  (value: string | undefined): Failure['answer'] =>
  (dialect) =>
    dialect.ripcord ? ({ url }) => new Response(withField(answerOf(dialect, { url }), 'ripcord', value)) : undefined

/** The dialect's answer as it is sent, changed as a whole. */
const sent =
  (change: (answer: string) => Response): Universal =>
  (dialect) =>
  ({ url }) =>
    change(answerOf(dialect, { url }))

const failures: Record<string, Failure> = {
  'missing field': { verdict: 'POR_INVALID FIELD_MISSING', answer: amount(undefined) },
  'wrong type': { verdict: 'POR_INVALID FIELD_TYPE', answer: amount('true') },
  negative: { verdict: 'POR_INVALID AMOUNT_NEGATIVE', answer: amount(({ write }) => write('-1000000.00')) },
  zero: {
    verdict: 'POR_INVALID AMOUNT_ZERO',
    // An empty account of Bridge's leaves less than the supply; its zero is below.
    answer: (dialect) => (dialect.beside === undefined ? amount(({ write }) => write('0.00'))(dialect) : undefined),
  },
  NaN: { verdict: 'POR_INVALID NOT_JSON', answer: amount('NaN') },
  future: { verdict: 'POR_STALE IN_THE_FUTURE', answer: time(HOUR_MILLIS) },
  stale: { verdict: 'POR_STALE TOO_OLD', answer: time(-DAY_MILLIS) },
  'ripcord pulled': { verdict: 'POR_RIPCORD RIPCORD_PULLED', answer: ripcord('true') },
  'ripcord missing': { verdict: 'POR_RIPCORD RIPCORD_UNREADABLE', answer: ripcord(undefined) },
  oversized: {
    verdict: 'POR_INVALID OVERSIZED',
    answer: sent((answer) => new Response(answer.padEnd(MAX_BYTES + 1))),
  },
  redirect: {
    verdict: 'POR_INVALID REDIRECTED',
    answer: sent((answer) => new Response(answer, { status: 302, headers: { location: '/moved' } })),
  },
  HTML: {
    verdict: 'POR_INVALID HTML_ANSWER',
    answer: sent(
      () => new Response('<!doctype html><title>Log in</title>', { headers: { 'content-type': 'text/html' } }),
    ),
  },
  truncated: { verdict: 'POR_INVALID TRUNCATED', answer: sent((answer) => new Response(answer.slice(0, -1))) },
  'API down': {
    verdict: 'POR_UNAVAILABLE SOURCE_UNAVAILABLE',
    answer: sent((answer) => new Response(answer, { status: 503 })),
  },
}

/** What only this dialect can show. */
const failuresOf: { [Name in DialectName]?: Record<string, { verdict: string; answer: Universal }> } = {
  guide: {
    'a ripcord it need not send': {
      verdict: 'POR_RIPCORD RIPCORD_PULLED',
      answer: () => () => healthyReserve({ ripcord: true }),
    },
  },
  bitgo: {
    'a digit changed after signing': {
      verdict: 'POR_INVALID SIGNATURE_INVALID',
      answer: sent((answer) => new Response(answer.replace('12345678.90', '92345678.90'))),
    },
    "somebody else's signature": {
      verdict: 'POR_INVALID SIGNATURE_INVALID',
      answer:
        (dialect) =>
        ({ url }) =>
          new Response(answerOf({ ...dialect, wrap: (data) => stranger.envelope(data) }, { url })),
    },
    'no signature': {
      verdict: 'POR_INVALID FIELD_MISSING',
      answer: sent((answer) => new Response(withField(answer, 'dataSignature', undefined))),
    },
  },
  'harris-trotter': {
    'a flag among the details of a ripcord that is down': {
      verdict: 'POR_RIPCORD RIPCORD_CONTRADICTORY',
      answer: sent((answer) => new Response(withField(answer, 'ripcordDetails', '{"source_failure":true}'))),
    },
  },
  'network-firm-v2': {
    'a reason among the details of a ripcord that is down': {
      verdict: 'POR_RIPCORD RIPCORD_CONTRADICTORY',
      answer: sent((answer) => new Response(withField(answer, 'ripcordDetails', '["Balances"]'))),
    },
  },
  paxos: {
    'not verified': {
      verdict: 'POR_INVALID NOT_VERIFIED',
      answer: sent((answer) => new Response(withField(answer, 'verified', 'false'))),
    },
  },
  bridge: {
    'more supply than reserves': {
      verdict: 'POR_INSUFFICIENT_RESERVES SUPPLY_EXCEEDS_RESERVES',
      answer: amount('"1.00"'),
    },
    'another currency': {
      verdict: 'POR_INVALID UNIT_MISMATCH',
      answer: sent((answer) => new Response(answer.replace('"usd"', '"eur"'))),
    },
    'zero everywhere': {
      verdict: 'POR_INVALID AMOUNT_ZERO',
      answer: sent((answer) => new Response(answer.replaceAll(/"amount":"[^"]*"/g, '"amount":"0.00"'))),
    },
  },
}

for (const [name, dialect] of Object.entries(dialects)) {
  describe(`dialect: ${name}`, () => {
    // The same for all of a dialect, so that one DON serves them.
    const settings = { ...dialect.settings, maxBytes: MAX_BYTES, maxChangeBps: 10_000 }
    const all: Record<string, Failure> = { ...failures, ...failuresOf[name as DialectName] }
    for (const [failure, { verdict, answer }] of Object.entries(all)) {
      const bad = answer(dialect)
      if (bad !== undefined) test(`${failure}: ${verdict}`, () => refuse({ settings, answer: bad, verdict }))
    }
    test('jump: POR_INVALID JUMP_TOO_LARGE', async () => {
      harness.source.answer(({ url }) => new Response(answerOf(dialect, { url })))
      const reserves = sum(harness.sourceOf(settings))
      expectRefused(await harness.mint({ basket, reserves }), 'POR_INVALID JUMP_TOO_LARGE')
    })
  })
}

describe('transport', () => {
  test('an account the source does not know', () =>
    refuse({
      settings: {},
      answer: () => new Response('', { status: 404 }),
      verdict: 'NO_RESERVE_ASSIGNED ACCOUNT_UNKNOWN',
    }))
  test("more than a DON's own limit", async () => {
    const answer = () => new Response(' '.repeat(100_001))
    await refuse({ settings: { maxBytes: 100_000 }, answer, verdict: 'POR_INVALID OVERSIZED' })
  })
  test('a redirect is not followed', async () => {
    const paths = new Set<string>()
    const answer: ReserveAnswer = ({ url }) => {
      paths.add(new URL(url).pathname)
      return url.endsWith('/moved')
        ? healthyReserve()
        : new Response('', { status: 307, headers: { location: '/moved' } })
    }
    await refuse({ settings: {}, answer, verdict: 'POR_INVALID REDIRECTED' })
    expect([...paths]).toEqual([`/main/${basket.stablecoin}`])
  })
  test('nobody listens', () =>
    refuse({
      settings: { url: 'http://127.0.0.1:1/{stablecoin}' },
      answer: () => healthyReserve(),
      verdict: 'POR_UNAVAILABLE SOURCE_UNAVAILABLE',
    }))
  test('the source listens and says nothing', async () => {
    const release = Promise.withResolvers<Response>()
    await refuse({
      settings: { timeoutMs: 200 },
      answer: () => release.promise,
      verdict: 'POR_UNAVAILABLE SOURCE_UNAVAILABLE',
    })
    release.resolve(healthyReserve())
  })
  test('the connection breaks in the middle of the answer', async () => {
    const body = await healthyReserve().text()
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length + 1}\r\n\r\n`
    const broken = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: { data: (socket) => void socket.end(head + body) },
    })
    await refuse({
      settings: { url: `http://127.0.0.1:${broken.port}/{stablecoin}` },
      answer: () => healthyReserve(),
      verdict: 'POR_UNAVAILABLE SOURCE_UNAVAILABLE',
    })
    broken.stop(true)
  })
  test('the nodes hear of different accounts', () =>
    refuse({
      settings: {},
      answer: (_request, count) => healthyReserve({ accountName: `account ${count}` }),
      verdict: 'POR_UNAVAILABLE NODES_DISAGREE',
    }))
  test('an attestation writes no proof either', async () => {
    harness.source.answer(() => healthyReserve({ lastUpdated: new Date(Date.now() - DAY_MILLIS).toISOString() }))
    const { outcome, before, after } = await harness.mint({
      basket,
      reserves: sum(harness.sourceOf({})),
      amount: 0,
    })
    expect(outcome.result?.reserves).toMatchObject({
      code: 'POR_STALE',
      reason: expect.stringContaining('TOO_OLD'),
      amount: '',
    })
    expect(outcome.result?.txHash).toBe('')
    expect(after).toEqual(before)
  })
})
