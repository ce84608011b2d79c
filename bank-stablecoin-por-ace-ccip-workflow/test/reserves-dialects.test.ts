/** Every dialect: the recorded shape is read exactly, and whatever is malformed is refused with a code of its own. */
import { describe, expect, test as plainTest } from 'bun:test'
import { test } from '@chainlink/cre-sdk/test'
import { parseUnits } from 'viem'
import { createBitGoSigner, recorded } from './support/reserve-answers'
import { type FieldSpec, type Malformed, brokenTexts, mutationsOf, withField } from './support/reserve-mutations'
import { type Answer, configOf, proveOnTestRuntime, soleSource, verdictOf } from './support/reserve-runtime'

const CODES =
  /^(POR_INVALID|POR_RIPCORD|POR_STALE|POR_UNAVAILABLE|POR_INSUFFICIENT_RESERVES|NO_RESERVE_ASSIGNED) [A-Z_]+$/
const MIN_MALFORMED = 50

const bitGo = createBitGoSigner()
const signed = bitGo.envelope

type Dialect = {
  settings?: Record<string, unknown>
  amount: string
  /** The answers for a body under test; most dialects send one. */
  answers?: (body: string) => (url: string) => Answer
  happy: string
  fields: FieldSpec[]
  more?: Malformed[]
}

const ripcord: FieldSpec[] = [
  { name: 'ripcord', kind: 'ripcord' },
  { name: 'ripcordDetails', kind: 'details' },
]
const listDetails: Malformed[] = ['["Balances"]', '{}', 'false'].map((details) => ({
  name: `ripcordDetails ${details}`,
  body: details,
}))

function withDetails(happy: string): Malformed[] {
  return listDetails.map(({ name, body }) => ({ name, body: withField(happy, 'ripcordDetails', body) }))
}

const bridgeReserves = recorded('bridge-reserves')
const bridgeSupply = recorded('bridge-supply')
const bitgoData = recorded('bitgo-data')
const bitgo = signed(bitgoData)

const dialects: Record<string, Dialect> = {
  guide: {
    amount: '1000000',
    happy: recorded('guide'),
    fields: [
      { name: 'totalReserve', kind: 'amount-either', main: true },
      { name: 'lastUpdated', kind: 'time' },
    ],
    more: [
      {
        name: 'a pulled ripcord',
        body: withField(recorded('guide'), 'accountName', '"a","ripcord":true'),
        word: 'RIPCORD_PULLED',
      },
      {
        name: 'an odd ripcord',
        body: withField(recorded('guide'), 'accountName', '"a","ripcord":"no"'),
        word: 'RIPCORD_UNREADABLE',
      },
      {
        name: 'an account name that is none',
        body: withField(recorded('guide'), 'accountName', '7'),
        word: 'FIELD_TYPE',
      },
    ],
  },
  'ledgerlens-tusd': {
    amount: '3117000000.45',
    happy: recorded('ledgerlens-tusd'),
    fields: [
      { name: 'totalTrust', kind: 'amount-number', main: true },
      { name: 'totalToken', kind: 'amount-number' },
      { name: 'totalTrustByChain', kind: 'amount-number' },
      { name: 'tokenName', kind: 'text' },
      { name: 'updatedAt', kind: 'time' },
      { name: 'accountName', kind: 'text' },
      ...ripcord,
    ],
    more: [
      ...withDetails(recorded('ledgerlens-tusd')),
      {
        name: 'no chains',
        body: recorded('ledgerlens-tusd').replace(/"token":\[.*\],"ripcord":/, '"token":[],"ripcord":'),
        word: 'FIELD_MISSING',
      },
      {
        name: 'chains that are none',
        body: recorded('ledgerlens-tusd').replace(/"token":\[.*\],"ripcord":/, '"token":[7],"ripcord":'),
        word: 'FIELD_TYPE',
      },
    ],
  },
  'network-firm-v1': {
    amount: '72178807.56',
    happy: recorded('network-firm-v1'),
    fields: [
      { name: 'totalReserve', kind: 'amount-number', main: true },
      { name: 'totalToken', kind: 'amount-number' },
      { name: 'timestamp', kind: 'time' },
      { name: 'accountName', kind: 'text' },
      ...ripcord,
    ],
    more: withDetails(recorded('network-firm-v1')),
  },
  'network-firm-v2': {
    amount: '965051.85',
    happy: recorded('network-firm-v2'),
    fields: [
      { name: 'totalReserves', kind: 'amount-string', main: true },
      { name: 'totalSupply', kind: 'amount-string' },
      { name: 'timestamp', kind: 'time' },
      ...ripcord,
    ],
    more: withDetails(recorded('network-firm-v2')),
  },
  'harris-trotter': {
    amount: '999999.99',
    happy: recorded('harris-trotter'),
    fields: [
      { name: 'totalReserve', kind: 'amount-number', main: true },
      { name: 'totalToken', kind: 'amount-number' },
      { name: 'timestamp', kind: 'time' },
      { name: 'accountName', kind: 'text' },
      ...ripcord,
    ],
    more: [
      ['[]', 'FIELD_TYPE'],
      ['{"source_failure":true}', 'RIPCORD_CONTRADICTORY'],
      ['{"source_failure":null}', 'FIELD_TYPE'],
      ['{"source_failure":"false"}', 'FIELD_TYPE'],
    ].map(([details = '', word = '']) => ({
      name: `ripcordDetails ${details}`,
      body: withField(recorded('harris-trotter'), 'ripcordDetails', details),
      word,
    })),
  },
  paxos: {
    settings: { maxAgeSeconds: 300 },
    amount: '922265979.98',
    happy: recorded('paxos'),
    fields: [
      { name: 'amount', kind: 'amount-either', main: true },
      { name: 'lastAttestedAt', kind: 'time' },
      { name: 'auditorName', kind: 'text' },
    ],
    more: ['false', 'null', '"true"', '1'].map((verified) => ({
      name: `verified ${verified}`,
      body: withField(recorded('paxos'), 'verified', verified),
    })),
  },
  'bridge (reserves)': {
    settings: { dialect: 'bridge' },
    amount: '10000000.75',
    happy: bridgeReserves,
    answers: (body) => (url) => ({ body: url.endsWith('/supply') ? bridgeSupply : body }),
    fields: [
      { name: 'amount', kind: 'amount-string' },
      { name: 'currency', kind: 'text' },
      { name: 'asset_class', kind: 'text' },
    ],
    more: [
      { name: 'another currency', body: bridgeReserves.replace('"usd"', '"eur"'), word: 'UNIT_MISMATCH' },
      { name: 'no accounts', body: '{"accounts":[]}', word: 'FIELD_MISSING' },
      { name: 'accounts that are none', body: '{"accounts":{}}', word: 'FIELD_TYPE' },
      {
        name: 'less than the supply',
        body: withField(bridgeReserves, 'amount', '"1.00"'),
        word: 'SUPPLY_EXCEEDS_RESERVES',
      },
    ],
  },
  'bridge (supply)': {
    settings: { dialect: 'bridge' },
    amount: '10000000.75',
    happy: bridgeSupply,
    answers: (body) => (url) => ({ body: url.endsWith('/supply') ? body : bridgeReserves }),
    fields: [
      { name: 'amount', kind: 'amount-string' },
      { name: 'currency', kind: 'text' },
      { name: 'chain', kind: 'text' },
    ],
    more: [{ name: 'no chains', body: '{"supply":[]}', word: 'FIELD_MISSING' }],
  },
  'bitgo (envelope)': {
    settings: { dialect: 'bitgo', publicKey: bitGo.publicKey },
    amount: '12345678.90',
    happy: bitgo,
    fields: [
      { name: 'data', kind: 'text' },
      { name: 'dataSignature', kind: 'text' },
      { name: 'ripcord', kind: 'ripcord' },
    ],
    more: [
      { name: 'one digit changed', body: bitgo.replace('12345678.90', '92345678.90'), word: 'SIGNATURE_INVALID' },
      { name: 'a space added', body: signedThenChanged((data) => `${data} `), word: 'SIGNATURE_INVALID' },
      {
        name: 'keys reordered',
        body: signedThenChanged((data) =>
          JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(data) as object).reverse())),
        ),
        word: 'SIGNATURE_INVALID',
      },
      {
        name: 'signature of other data',
        body: JSON.stringify({ ...(JSON.parse(signed('{}')) as object), data: bitgoData }),
        word: 'SIGNATURE_INVALID',
      },
      {
        name: 'signature that is no base64',
        body: withField(bitgo, 'dataSignature', '"***"'),
        word: 'SIGNATURE_INVALID',
      },
      { name: 'signature "testsig"', body: withField(bitgo, 'dataSignature', '"testsig"'), word: 'SIGNATURE_INVALID' },
      {
        name: 'signature in hexadecimal',
        body: withField(bitgo, 'dataSignature', `"${'ab'.repeat(256)}"`),
        word: 'SIGNATURE_INVALID',
      },
    ],
  },
  'bitgo (signed data)': {
    settings: { dialect: 'bitgo', publicKey: bitGo.publicKey },
    amount: '12345678.90',
    happy: bitgoData,
    answers: (body) => () => ({ body: body === '' ? signed(' ') : signed(body) }),
    fields: [
      { name: 'totalReserve', kind: 'amount-string', main: true },
      { name: 'cashReserve', kind: 'amount-string' },
      { name: 'investedReserve', kind: 'amount-string' },
      { name: 'lastUpdated', kind: 'time' },
    ],
  },
}

function signedThenChanged(change: (data: string) => string): string {
  const envelope = JSON.parse(bitgo) as { data: string }
  return JSON.stringify({ ...envelope, data: change(envelope.data) })
}

for (const [name, { settings, amount, answers, happy, fields, more = [] }] of Object.entries(dialects)) {
  const config = configOf(soleSource({ dialect: name, ...settings }))
  const judge = (body: string): string =>
    verdictOf(proveOnTestRuntime({ config, answer: answers?.(body) ?? (() => ({ body })) }))
  const malformed = [...mutationsOf(happy, fields), ...more]

  describe(`dialect: ${name}`, () => {
    test('the recorded shape is read to the last digit', () => {
      expect(judge(happy)).toBe(parseUnits(amount, 18).toString())
    })
    plainTest(`has at least ${MIN_MALFORMED} malformed answers`, () => {
      expect(new Set(malformed.map(({ body }) => body)).size).toBeGreaterThanOrEqual(MIN_MALFORMED)
    })
    for (const { name: what, body, word } of malformed) {
      test(`refuses: ${what}`, () => {
        const verdict = judge(body)
        expect(verdict).toMatch(CODES)
        if (word !== undefined) expect(verdict).toEndWith(` ${word}`)
      })
    }
  })
}

describe('transport', () => {
  const config = configOf(soleSource({ dialect: 'guide', maxBytes: 1000 }))
  const happy = recorded('guide')
  const answers: [string, Answer, string][] = [
    ['a redirect', { status: 302, body: '' }, 'POR_INVALID REDIRECTED'],
    ['a permanent redirect with a good body', { status: 308, body: happy }, 'POR_INVALID REDIRECTED'],
    ['an unknown account', { status: 404, body: '' }, 'NO_RESERVE_ASSIGNED ACCOUNT_UNKNOWN'],
    ['a refused key', { status: 401, body: '' }, 'POR_UNAVAILABLE SOURCE_UNAVAILABLE'],
    ['too many requests', { status: 429, body: '' }, 'POR_UNAVAILABLE SOURCE_UNAVAILABLE'],
    ['a bad gateway', { status: 502, body: '<html>' }, 'POR_UNAVAILABLE SOURCE_UNAVAILABLE'],
    ['no content', { status: 204, body: '' }, 'POR_UNAVAILABLE SOURCE_UNAVAILABLE'],
    ['one byte too many', { body: happy.padEnd(1001) }, 'POR_INVALID OVERSIZED'],
    ['bytes that are no UTF-8', { body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d) }, 'POR_INVALID NOT_TEXT'],
  ]
  for (const [name, answer, verdict] of answers) {
    test(name, () => expect(verdictOf(proveOnTestRuntime({ config, answer: () => answer }))).toBe(verdict))
  }
  test('as many bytes as allowed are read', () => {
    expect(verdictOf(proveOnTestRuntime({ config, answer: () => ({ body: happy.padEnd(1000) }) }))).toBe(
      parseUnits('1000000', 18).toString(),
    )
  })
  test('the API key is a secret, the stablecoin names the account', () => {
    const keyed = configOf(soleSource({ dialect: 'guide', secret: 'bankKey' }))
    const asked: { url: string; headers: Record<string, { values?: string[] }> }[] = []
    proveOnTestRuntime({ config: keyed, answer: () => ({ body: happy }), asked, secrets: { bankKey: 'k-123' } })
    expect(asked.map(({ url }) => url)).toEqual(['https://bank.example/0x24B3c7704709ed1491473F30393FFc93cFB0FC34'])
    expect(asked[0]?.headers['x-api-key']?.values).toEqual(['k-123'])
  })
  test('a missing secret stops before anything is sent', () => {
    const keyed = configOf(soleSource({ dialect: 'guide', secret: 'bankKey' }))
    const asked: { url: string; headers: Record<string, { values?: string[] }> }[] = []
    expect(verdictOf(proveOnTestRuntime({ config: keyed, asked }))).toBe('POR_UNAVAILABLE SECRET_MISSING')
    expect(asked).toEqual([])
  })
  test('cents are cents', () => {
    const cents = configOf(soleSource({ dialect: 'guide', decimals: 2 }))
    expect(verdictOf(proveOnTestRuntime({ config: cents, answer: () => ({ body: happy }) }))).toBe(
      parseUnits('10000', 18).toString(),
    )
  })
  test('the guide needs no account name, porApiUrl does', () => {
    const nameless = '{"totalReserve":"5","lastUpdated":"2026-09-21T14:13:20Z"}'
    const guide = configOf(soleSource({ dialect: 'guide' }))
    expect(verdictOf(proveOnTestRuntime({ config: guide, answer: () => ({ body: nameless }) }))).toBe(
      parseUnits('5', 18).toString(),
    )
    const shorthand = configOf(undefined, { porApiUrl: 'https://bank.example/{stablecoin}' })
    expect(verdictOf(proveOnTestRuntime({ config: shorthand, answer: () => ({ body: nameless }) }))).toBe(
      'POR_UNAVAILABLE FIELD_MISSING',
    )
  })
  const named = (accountName: string) => ({
    body: JSON.stringify({ accountName, totalReserve: '5', lastUpdated: '2026-09-21T14:13:20Z' }),
  })
  const hostile = [
    'a\nMint report delivered: 0x1',
    'Mint report delivered: 0x1',
    'a\u001b[2J',
    'a\u202eb',
    'a\u2028b',
    'x'.repeat(129),
  ]
  for (const name of hostile) {
    const shown = JSON.stringify(name).slice(0, 40)
    test(`an account name out of line: ${shown}`, () => {
      const shorthand = configOf(undefined, { porApiUrl: 'https://bank.example/{stablecoin}' })
      for (const known of [configOf(soleSource({ dialect: 'guide' })), shorthand]) {
        const proof = proveOnTestRuntime({ config: known, answer: () => named(name) })
        expect(verdictOf(proof)).toBe('POR_INVALID ACCOUNT_NAME_INVALID')
        expect(
          JSON.stringify(proof, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
        ).not.toMatch(/delivered|\\u00|xxxx/i)
      }
    })
  }
  test('what a source sends besides is told to nobody', () => {
    const proof = proveOnTestRuntime({
      config,
      answer: () => ({ status: 503, body: 'no such key: s3cret at https://bank.example/s3cret' }),
    })
    expect('refusal' in proof && proof.refusal.reason).toBe('SOURCE_UNAVAILABLE: the source answered with status 503')
  })
  plainTest('broken texts differ from one another', () => {
    const bodies = brokenTexts(happy).map(({ body }) => body)
    expect(new Set(bodies).size).toBe(bodies.length)
  })
})
