/** What an endpoint may answer: a result, a JSON-RPC error, or nothing that counts; and how long it is asked again. */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { RpcRefused, RpcUnavailable, createRpc, patientRpc } from '../host/chain/rpc'

const CANARY = 'canary-4711'

type Answer = (call: { id: number; method: string }, count: number) => Response | Promise<Response>
let answer: Answer
let count = 0
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: async (request) => answer((await request.json()) as { id: number; method: string }, ++count),
})
afterAll(() => server.stop(true))
beforeEach(() => {
  count = 0
})

const url = `http://user:${CANARY}@127.0.0.1:${server.port}/v2/${CANARY}?key=${CANARY}`
const rpc = createRpc({ url, timeoutMillis: 1_500 })
const json = (body: unknown, init?: ResponseInit) => Response.json(body, init)

/** The error of a call; nothing in it repeats what the endpoint or its URL says. */
async function failureOf(next: Answer, by = rpc): Promise<RpcUnavailable | RpcRefused> {
  answer = next
  const error = await by('eth_call', []).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof RpcUnavailable) && !(error instanceof RpcRefused))
    throw new Error(`no failure but ${String(error)}`)
  return error
}

/** Far more than anything here takes, and less than what ends it when nothing else does. */
const MUCH_MILLIS = 30_000

describe('rpc: an answer', () => {
  test('is a result, null too', async () => {
    answer = ({ id }) => json({ jsonrpc: '2.0', id, result: null })
    expect(await rpc('eth_call', [])).toBeNull()
  })
  test.each([400, 200])('is a JSON-RPC error, with status %i', async (status) => {
    const error = await failureOf(({ id }) =>
      json({ id, error: { code: 3, message: CANARY, data: '0x1234' } }, { status }),
    )
    expect(error).toBeInstanceOf(RpcRefused)
    expect(error).toMatchObject({ rpcCode: 3, data: '0x1234', isRevert: true })
  })
  test.each([
    [-32_005, 'query returned more than 10000 results'],
    [-32_602, 'range 1000000 exceeds limit of 10000'],
    [-32_600, 'You can make eth_getLogs requests with up to a 10 block range.'],
    [3, 'execution reverted: rate limit'],
  ])('is a refusal of the question: %i %s', async (code, message) => {
    expect(await failureOf(({ id }) => json({ id, error: { code, message } }))).toBeInstanceOf(RpcRefused)
  })
  test('that refuses without revert data is no revert', async () => {
    const error = await failureOf(({ id }) => json({ id, error: { code: -32000, message: 'internal' } }))
    expect(error).toMatchObject({ rpcCode: -32000, isRevert: false })
  })

  const none: [string, string, Answer][] = [
    ['JSON without a result', 'NOT_JSON_RPC', ({ id }) => json({ jsonrpc: '2.0', id })],
    ['another id', 'NOT_JSON_RPC', ({ id }) => json({ jsonrpc: '2.0', id: id + 1, result: '0x1' })],
    ['a list', 'NOT_JSON_RPC', () => json([])],
    ['null', 'NOT_JSON_RPC', () => json(null)],
    ['an error that is a text', 'NOT_JSON_RPC', ({ id }) => json({ id, error: CANARY })],
    ['an error without a code', 'NOT_JSON_RPC', ({ id }) => json({ id, error: { message: CANARY } })],
    ['a page', 'NOT_JSON_RPC', () => new Response(`<html>${CANARY}</html>`)],
    ['a truncated answer', 'NOT_JSON_RPC', ({ id }) => new Response(`{"jsonrpc":"2.0","id":${id},"result":"0x`)],
    ['nothing', 'NOT_JSON_RPC', () => new Response('')],
    ['a refused key', 'HTTP_STATUS', () => new Response(`no key ${CANARY}`, { status: 401 })],
    ['a result with status 500', 'HTTP_STATUS', ({ id }) => json({ id, result: '0x1' }, { status: 500 })],
    [
      'an error with status 500',
      'HTTP_STATUS',
      ({ id }) => json({ id, error: { code: 1, message: CANARY } }, { status: 500 }),
    ],
    [
      'too many requests',
      'RATE_LIMITED',
      () => new Response(CANARY, { status: 429, headers: { 'retry-after': '60' } }),
    ],
    ['too many requests as an error', 'RATE_LIMITED', ({ id }) => json({ id, error: { code: 429, message: CANARY } })],
    [
      'too much, with a code alone',
      'RATE_LIMITED',
      ({ id }) => json({ id, error: { code: -32_005, message: 'limit exceeded' } }),
    ],
    [
      'too much for a day',
      'RATE_LIMITED',
      ({ id }) => json({ id, error: { code: -32_005, message: 'daily request count exceeded' } }),
    ],
    [
      'too many credits',
      'RATE_LIMITED',
      ({ id }) => json({ id, error: { code: -32_012, message: 'credits limited to 6000/sec' } }),
    ],
    ['too many calls', 'RATE_LIMITED', ({ id }) => json({ id, error: { code: -32_097, message: CANARY } })],
    [
      'a block that it does not know',
      'BEHIND',
      ({ id }) => json({ id, error: { code: -32_000, message: 'header not found' } }),
    ],
    [
      'a tag that it does not know',
      'BEHIND',
      ({ id }) => json({ id, error: { code: -39_001, message: 'Unknown block' } }),
    ],
  ]
  for (const [name, word, next] of none) {
    test(`is not: ${name}`, async () => {
      const error = await failureOf(next)
      expect(error).toBeInstanceOf(RpcUnavailable)
      expect(error.message).toStartWith(`${word}: `)
      expect(error.message).not.toContain(CANARY)
    })
  }
  test('is not: silence', async () => {
    const release = Promise.withResolvers<Response>()
    const started = performance.now()
    const error = await failureOf(() => release.promise, createRpc({ url, timeoutMillis: 50 }))
    expect(error.message).toStartWith('TIMED_OUT: ')
    expect(performance.now() - started).toBeLessThan(MUCH_MILLIS)
    release.resolve(new Response(''))
  })
  test('is not: a closed port', async () => {
    const closed = createRpc({ url: `http://user:${CANARY}@127.0.0.1:1/${CANARY}`, timeoutMillis: 1_000 })
    const error = await failureOf(() => new Response(''), closed)
    expect(error.message).toBe('UNREACHABLE: the RPC endpoint cannot be reached (eth_call)')
  })
})

describe('rpc: an endpoint that asks to wait', () => {
  const busy =
    (status: number, retryAfter?: string): Answer =>
    ({ id }, at) =>
      at < 3
        ? new Response('', { status, ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }) })
        : json({ id, result: '0x7' })

  test.each([[429], [503]])('with %i is asked again, ever more rarely', async (status) => {
    answer = busy(status)
    const started = performance.now()
    expect(await rpc('eth_call', [])).toBe('0x7')
    expect(count).toBe(3)
    expect(performance.now() - started).toBeGreaterThan(200)
  })
  test('is asked again no sooner than it says', async () => {
    answer = ({ id }, at) =>
      at < 2 ? new Response('', { status: 429, headers: { 'retry-after': '1' } }) : json({ id, result: '0x7' })
    const started = performance.now()
    expect(await rpc('eth_call', [])).toBe('0x7')
    expect(performance.now() - started).toBeGreaterThan(990)
    answer = ({ id }, at) =>
      at < 4
        ? new Response('', { status: 429, headers: { 'retry-after': new Date(Date.now() + 1_000).toUTCString() } })
        : json({ id, result: '0x7' })
    expect(await rpc('eth_call', [])).toBe('0x7')
  })
  test('says so in the body of a 429, too', async () => {
    answer = ({ id }, at) => {
      const error = { code: -32_005, message: 'slow', data: { rate: { backoff_seconds: 1 } } }
      return at < 2 ? json({ id, error }, { status: 429 }) : json({ id, result: '0x7' })
    }
    const started = performance.now()
    expect(await rpc('eth_call', [])).toBe('0x7')
    expect(performance.now() - started).toBeGreaterThan(990)
  })
  test('for longer than there is time is not waited for', async () => {
    const started = performance.now()
    await failureOf(busy(429, '60'))
    expect([count, performance.now() - started < 500]).toEqual([1, true])
  })
  test('for ever is given up in time', async () => {
    const started = performance.now()
    await failureOf(() => new Response('', { status: 429 }))
    expect(performance.now() - started).toBeLessThan(1_600)
    expect(count).toBeLessThan(8)
  })
})

describe('rpc: an answer that is lost', () => {
  test.each([
    ['by a proxy', () => new Response('', { status: 504 })],
    ['behind a page', () => new Response('<html>')],
  ])('%s is asked for again', async (_how, lost) => {
    answer = ({ id }, at) => (at < 3 ? lost() : json({ id, result: '0x7' }))
    expect(await rpc('eth_call', [])).toBe('0x7')
    expect(count).toBe(3)
  })
})

describe('rpc: patience', () => {
  test('waits out what is unavailable, and passes on what is refused', async () => {
    const params = { deadline: performance.now() + 5_000, over: new AbortController().signal }
    answer = ({ id }, at) => (at < 3 ? new Response('<html>') : json({ id, result: '0x7' }))
    expect(await patientRpc(rpc, params)('eth_call', [])).toBe('0x7')
    const refused = patientRpc(rpc, params)
    expect(await failureOf(({ id }) => json({ id, error: { code: 3, message: '' } }), refused)).toBeInstanceOf(
      RpcRefused,
    )
    expect(count).toBe(4)
  })
  test('ends with the deadline, and with the run', async () => {
    const over = new AbortController()
    const soon = patientRpc(rpc, { deadline: performance.now() + 200, over: over.signal })
    expect(await failureOf(() => new Response('<html>'), soon)).toBeInstanceOf(RpcUnavailable)
    const long = patientRpc(rpc, { deadline: performance.now() + 60_000, over: over.signal })
    setTimeout(() => over.abort(new Error('the run is over')), 100)
    const started = performance.now()
    const given = long('eth_call', [])
    await expect(given).rejects.toThrow()
    expect(performance.now() - started).toBeLessThan(MUCH_MILLIS)
  })
})
