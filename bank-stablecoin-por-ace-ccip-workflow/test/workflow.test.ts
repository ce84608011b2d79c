/** The workflow's parsers, without a runtime. */
import { describe, expect, test } from 'bun:test'
import { create } from '@bufbuild/protobuf'
import { HTTP_TRIGGER_PB } from '@chainlink/cre-sdk/pb'
import { decodeAbiParameters, keccak256, parseAbiParameters, stringToBytes } from 'viem'
import { formatUnits, parseDecimal, toBaseUnitsExact, toBaseUnitsFloor } from '../workflow/base/decimal'
import { parseExactJson } from '../workflow/base/exact-json'
import { parseIsoSeconds } from '../workflow/base/timestamp'
import { INSTRUCTION, encodeReportBody } from '../workflow/chain/report'
import { parseConfig } from '../workflow/config/config'
import { parseSchedule, turnAt } from '../workflow/config/schedule'
import { MAX_ORDERS, parsePayload } from '../workflow/orders/payload'
import { bankReferenceToBytes32 } from '../workflow/orders/reference'
import type { RequestContext } from '../workflow/orders/request'
import { refusalOfVerdict } from '../workflow/orders/verdict'
import { checkSufficiency } from '../workflow/sufficiency'

const STABLECOIN = '0x24B3c7704709ed1491473F30393FFc93cFB0FC34'
const CONSUMER = '0x44BF2a9217A2970A1bCC7529Bf1d40828C594320'
const ACCOUNT = '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd'
const REFERENCE = `0x${'Ab'.repeat(32)}`

const config = {
  chainSelectorName: 'anvil-devnet',
  basketFactory: '0x3Aa5ebB10DC797CAC828524e59A333d0A371443c',
  porApiUrl: 'http://127.0.0.1:3002/reserves/{stablecoin}',
  reserveMaxAgeSeconds: 300,
  validitySeconds: 600,
  gasLimit: '5000000',
  refusals: 'local',
}
const parseConfigOf = (overrides: Record<string, unknown>) =>
  parseConfig(new TextEncoder().encode(JSON.stringify({ ...config, ...overrides })))

describe('configuration', () => {
  test('is read', () => {
    expect(parseConfigOf({})).toEqual(config as ReturnType<typeof parseConfig>)
  })
  test.each([
    ['file:///tmp/mock-por-response.json', /porApiUrl is a file: URL, but every DON node fetches the reserves itself/],
    ['ftp://bank/reserve', /is a ftp: URL/],
    ['my-api-key-4711:x@bank', /porApiUrl is no http\(s\) URL/],
    ['mock-por-response.json', /has no scheme/],
    ['https://bank.example/reserves/{consumer}', /porApiUrl names {consumer}, which can be replaced/],
    ['https://bank.example/reserves', /porApiUrl must contain {stablecoin}: one reserve backs one basket/],
  ])('a reserve URL %s is refused with the reason', (porApiUrl, reason) => {
    expect(() => parseConfigOf({ porApiUrl })).toThrow(reason)
  })
  test.each([
    [{ extra: 1 }, 'unknown field extra'],
    [{ gasLimit: '5e6' }, 'gasLimit must be a decimal number'],
    [{ basketFactory: '0x12' }, 'basketFactory must be 0x'],
    [{ basketFactory: undefined }, 'basketFactory is missing'],
    [{ stablecoinAddress: STABLECOIN }, 'unknown field stablecoinAddress'],
    [
      { attestSchedule: '0 0 9 * * 1' },
      'attestSchedule must be a cron schedule with seconds that is the same every day',
    ],
    [{ validitySeconds: 901 }, 'validitySeconds'],
    [{ refusals: 'never' }, 'refusals is none of local, onchain'],
    [{ 'a key\nthat breaks the line': 1 }, 'has an unknown field'],
  ])('%j is refused', (overrides, reason) => {
    expect(() => parseConfigOf(overrides)).toThrow(reason)
  })
})

describe('schedule', () => {
  const at = (iso: string) => Date.parse(iso) / 1000
  const turns = (text: string, times: string[]) => {
    const schedule = parseSchedule(text)
    return schedule && times.map((time) => turnAt(schedule, at(time)) - turnAt(schedule, at(times[0] ?? '')))
  }
  test('each firing has the turn after the one before', () => {
    const times = ['2026-03-01T23:30:00Z', '2026-03-01T23:45:00Z', '2026-03-02T00:00:00Z', '2026-03-02T00:15:00Z']
    expect(turns('0 */15 * * * *', times)).toEqual([0, 1, 2, 3])
    // Late, or fired by hand: it is still the turn of the last firing.
    expect(turns('0 */15 * * * *', ['2026-03-01T23:30:00Z', '2026-03-01T23:44:59Z'])).toEqual([0, 0])
    expect(turns('30 0 9,17 * * *', ['2026-03-01T09:00:30Z', '2026-03-01T17:00:30Z', '2026-03-02T09:00:30Z'])).toEqual([
      ...[0, 1, 2],
    ])
  })
  test.each([
    ['0 */15 * * * *', 96],
    ['*/30 * * * * *', 2880],
    ['0 5/20 8-10 ? * *', 9],
    ['0 0 0-23/6,23 * * ?', 5],
  ])('%s fires %d times a day', (text, count) => expect(parseSchedule(text)?.length).toBe(count))
  test.each([
    ...['*/15 * * * *', '0 0 9 * * 1', '0 0 9 1 * *', 'TZ=UTC 0 0 9 * * *', '@hourly', '0 60 * * * *', '0 0 24 * * *'],
    ...['0 9-8 * * * *', '0 */0 * * * *', '0 , * * * *', '0 x * * * *', ''],
  ])('%p is none that is the same every day', (text) => expect(parseSchedule(text)).toBeUndefined())
})

describe('numbers', () => {
  test.each([
    ['965051849.99', '965051849990000000000000000'],
    ['1000000.00', '1000000000000000000000000'],
    ['1e6', '1000000000000000000000000'],
    ['1.5E-3', '1500000000000000'],
    ['0.1234567890123456789', '123456789012345678'],
  ])('%s tokens are exact base units, rounded down', (text, expected) => {
    const value = parseDecimal(text)
    expect(value && toBaseUnitsFloor({ value, decimals: 18 }).toString()).toBe(expected)
  })
  test.each(['-1', '', '1,000', '0x10', 'NaN', '1.', '.5', ' 1', '1e9999'])('%p is no amount', (text) => {
    expect(parseDecimal(text)).toBeUndefined()
  })
  test('an amount with more decimals than the token is not exact', () => {
    expect(toBaseUnitsExact({ value: { digits: 1234n, scale: 3 }, decimals: 2 })).toBeUndefined()
    expect(toBaseUnitsExact({ value: { digits: 1230n, scale: 3 }, decimals: 2 })).toBe(123n)
  })
  test('base units are shown in whole tokens', () => {
    expect(formatUnits({ amount: 1000500000000000000000n, decimals: 18 })).toBe('1000.5')
    expect(formatUnits({ amount: 5n, decimals: 0 })).toBe('5')
    expect(formatUnits({ amount: 1n, decimals: 18 })).toBe('0.000000000000000001')
  })
  test('JSON numbers keep their text, strings are left alone', () => {
    const text = '{"a":965051849.999999999999999,"b":"12 and \\"3\\"","c":[-1.5e3,true,null]}'
    expect(parseExactJson(text)).toEqual({
      a: '965051849.999999999999999',
      b: '12 and "3"',
      c: ['-1.5e3', true, null],
    })
    expect(() => parseExactJson('{"a":1')).toThrow()
  })
})

describe('time stamps', () => {
  test.each([
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5) / 1000],
    ['2026-01-02T03:04:05.123456Z', Date.UTC(2026, 0, 2, 3, 4, 5) / 1000],
    ['2024-02-29T00:00:00+02:00', Date.UTC(2024, 1, 28, 22, 0, 0) / 1000],
  ])('%s is read', (text, expected) => {
    expect(parseIsoSeconds(text)).toBe(expected)
  })
  test.each([
    '2026-02-29T00:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-13-01T00:00:00Z',
    'yesterday',
    '1790000000',
  ])('%s is refused', (text) => expect(parseIsoSeconds(text)).toBeUndefined())
})

const context: RequestContext = {
  chainId: 31337,
  decimals: () => 18,
  nowMillis: 1_790_000_000_000,
  validitySeconds: 600,
}
const order = { bankRef: REFERENCE, account: ACCOUNT, amount: '1' }
const payload = { version: 1, chainId: 31337, stablecoin: STABLECOIN, consumer: CONSUMER, orders: [order] }
const parse = (json: unknown) => {
  const input = new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json))
  return parsePayload(create(HTTP_TRIGGER_PB.PayloadSchema, { input }), context)
}

describe('payload', () => {
  test('is read; references are lower case, addresses checksummed', () => {
    const lower = { ...order, account: ACCOUNT.toLowerCase() }
    expect(parse({ ...payload, validUntil: 1_790_000_100, orders: [lower] })).toEqual({
      basket: { stablecoin: STABLECOIN, consumer: CONSUMER },
      validUntil: 1_790_000_100,
      malformed: [],
      orders: [{ bankRef: REFERENCE.toLowerCase() as `0x${string}`, account: ACCOUNT, amount: 1n }],
    })
  })
  test('a missing reference and validity come from DON time', () => {
    const request = parse({
      ...payload,
      orders: [
        { account: ACCOUNT, amount: '1' },
        { account: ACCOUNT, amount: '1' },
      ],
    })
    expect(request.validUntil).toBe(1_790_000_600)
    expect(request.orders[0]?.bankRef).toMatch(/^0x[0-9a-f]{64}$/)
    expect(request.orders[0]?.bankRef).not.toBe(request.orders[1]?.bankRef)
  })
  test.each([
    ['', 'brought no input'],
    ['not json', 'it is not JSON'],
    [{ ...payload, chainId: 1 }, 'it is for chain 1'],
    [{ ...payload, consumer: undefined }, 'consumer is missing'],
    [{ ...payload, stablecoin: 'x' }, 'stablecoin is not an EVM address'],
    [{ ...payload, validUntil: 1_790_000_901 }, 'more than 900 seconds ahead'],
    [{ ...payload, surprise: true }, 'unknown field surprise'],
    [{ ...payload, orders: Array(MAX_ORDERS + 1).fill(order) }, 'orders'],
  ])('refused: %j', (json, reason) => {
    expect(() => parse(json)).toThrow(reason)
  })
  test.each([
    [{ ...order, amount: '1.5' }, 'amount must be base units in decimal digits'],
    [{ ...order, amount: '-1' }, 'amount must be base units in decimal digits'],
    [{ ...order, amount: 1 }, 'amount must be text'],
    [{ ...order, amount: (2n ** 256n).toString() }, 'amount is more than 2^256-1'],
    [{ ...order, amount: '9'.repeat(78) }, 'amount is more than 2^256-1'],
    [{ ...order, amount: '9'.repeat(500) }, 'amount must be base units in decimal digits'],
    [{ ...order, account: `0x60105Ec2${ACCOUNT.slice(10)}` }, 'account is not an EVM address with a valid checksum'],
    [{ ...order, account: 'x\n\u001b[2J' }, 'account is not an EVM address with a valid checksum'],
    [{ bankRef: REFERENCE, account: ACCOUNT }, 'amount is missing'],
    [{ ...order, 'key\nMint report delivered: 0x1': 1 }, 'has an unknown field'],
    [{ ...order, surprise: 1 }, 'unknown field surprise'],
  ])('an order is refused by itself: %j', (bad, reason) => {
    const { orders, malformed } = parse({ ...payload, orders: [bad, { ...order, bankRef: `0x${'1'.repeat(64)}` }] })
    expect(malformed).toEqual([{ index: 0, bankRef: REFERENCE.toLowerCase() as `0x${string}`, reason }])
    expect(orders).toEqual([{ bankRef: `0x${'1'.repeat(64)}`, account: ACCOUNT, amount: 1n }])
  })
  test.each([[null], [7], ['x'], [[]], [{ ...order, bankRef: '0x12' }]])(
    'what is no order, or has no usable reference: %j',
    (bad) => {
      const { orders, malformed } = parse({ ...payload, orders: [order, bad] })
      expect(orders).toHaveLength(1)
      expect(malformed).toEqual([
        {
          index: 1,
          bankRef: expect.stringMatching(/^0x[0-9a-f]{64}$/),
          reason: expect.stringMatching(/^(bankRef )?must be /),
        },
      ])
    },
  )
  test('the largest amount there is stays an order', () => {
    const amount = 2n ** 256n - 1n
    expect(parse({ ...payload, orders: [{ ...order, amount: amount.toString() }] }).orders[0]?.amount).toBe(amount)
  })
})

describe('MT103', () => {
  const message = {
    messageType: 'MT103',
    ...{ stablecoin: STABLECOIN, consumer: CONSUMER },
    transactionId: 'TX-1',
    beneficiary: { account: ACCOUNT, name: 'Alice' },
    amount: '1000.50',
    currency: 'USD',
    bankReference: 'INV-2026-0001',
  }
  test('is one order with the hashed reference', () => {
    expect(parse(message)).toEqual({
      basket: { stablecoin: STABLECOIN, consumer: CONSUMER },
      validUntil: 1_790_000_600,
      malformed: [],
      orders: [
        { bankRef: keccak256(stringToBytes('INV-2026-0001')), account: ACCOUNT, amount: 1000500000000000000000n },
      ],
    })
  })
  test('a reference of 32 bytes keeps every digit', () => {
    expect(bankReferenceToBytes32(REFERENCE)).toBe(REFERENCE.toLowerCase() as `0x${string}`)
  })
  test.each([
    [{ amount: '1e-19' }, 'amount is no decimal number with at most 18 decimals'],
    [{ amount: 'lots' }, 'amount is no decimal number with at most 18 decimals'],
    [{ amount: '9'.repeat(78) }, 'amount is more than 2^256-1'],
    [{ beneficiary: { account: '0x12' } }, 'beneficiary.account is not an EVM address with a valid checksum'],
  ])('its order is refused by itself: %j', (overrides, reason) => {
    expect(parse({ ...message, ...overrides })).toEqual({
      basket: { stablecoin: STABLECOIN, consumer: CONSUMER },
      validUntil: 1_790_000_600,
      malformed: [{ index: 0, bankRef: keccak256(stringToBytes('INV-2026-0001')), reason }],
      orders: [],
    })
  })
  test.each([
    [{ crossChain: { enabled: true, destinationChain: 'fuji' } }, 'crossChain is not available'],
    [{ unknown: 1 }, 'unknown field unknown'],
    [{ stablecoin: undefined }, 'MT103 payload refused: stablecoin is missing'],
  ])('refused: %j', (overrides, reason) => {
    expect(() => parse({ ...message, ...overrides })).toThrow(reason)
  })
})

describe('sufficiency', () => {
  const candidates = [40n, 70n, 60n].map((amount, index) => ({
    order: { bankRef: `0x${String(index).repeat(64)}` as `0x${string}`, account: ACCOUNT as `0x${string}`, amount },
  }))
  test('what does not fit is refused and does not block the next', () => {
    const { candidates: covered, figures } = checkSufficiency({
      candidates,
      reserve: { amount: 200n, observedAt: 5 },
      liability: 100n,
    })
    expect(covered.map(({ refusal }) => refusal?.code)).toEqual([undefined, 'POR_INSUFFICIENT_RESERVES', undefined])
    expect(figures).toEqual({ amount: 200n, liability: 100n, requested: 170n, observedAt: 5 })
  })
  test('the last token may be used, not one more', () => {
    const exact = checkSufficiency({
      candidates: candidates.slice(0, 1),
      reserve: { amount: 140n, observedAt: 0 },
      liability: 100n,
    })
    expect(exact.candidates[0]?.refusal).toBeUndefined()
    const short = checkSufficiency({
      candidates: candidates.slice(0, 1),
      reserve: { amount: 139n, observedAt: 0 },
      liability: 100n,
    })
    expect(short.candidates[0]?.refusal?.code).toBe('POR_INSUFFICIENT_RESERVES')
  })
})

test('verdicts: they carry the policy only when one refused', () => {
  expect(refusalOfVerdict({ code: 0, policy: CONSUMER })).toBeUndefined()
  expect(refusalOfVerdict({ code: 18, policy: CONSUMER })).toEqual({
    code: 'ACE_REJECTED',
    policy: CONSUMER,
    reason: 'BLACKLISTED',
  })
  expect(refusalOfVerdict({ code: 3, policy: CONSUMER })).toEqual({
    code: 'DUPLICATE_REFERENCE',
    policy: '',
    reason: 'REFERENCE_USED',
  })
  expect(refusalOfVerdict({ code: 99, policy: CONSUMER })?.reason).toBe('VERDICT_99')
})

test('report body: it is a parameter list, not a tuple', () => {
  const body = encodeReportBody({
    instruction: INSTRUCTION.mint,
    chainId: 31337,
    consumer: CONSUMER,
    validUntil: 1790000000,
    reserves: { amount: 7n, observedAt: 8 },
    orders: [{ bankRef: REFERENCE.toLowerCase() as `0x${string}`, account: ACCOUNT, amount: 9n }],
  })
  const flat = parseAbiParameters(
    'uint8, uint8, uint256, address, uint64, uint256, uint64, (bytes32, address, uint256, uint64)[], (bytes32, uint8, bytes32, uint64)[]',
  )
  expect(decodeAbiParameters(flat, body)).toEqual([
    2,
    1,
    31337n,
    CONSUMER,
    1790000000n,
    7n,
    8n,
    [[REFERENCE.toLowerCase() as `0x${string}`, ACCOUNT, 9n, 0n]],
    [],
  ])
})
