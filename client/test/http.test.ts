import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import document from '../../openapi.json'
import { CreError, type ProblemCode, createClient } from '../src/index'
import { Gateway, problem } from './support/gateway'

const order = { beneficiary: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd', amount: '1000' }
let gateway: Gateway
/** Milliseconds of the pauses, which are not waited for. */
let pauses: number[]
const wait = globalThis.setTimeout
let timers: { mockRestore(): void }

beforeEach(() => {
  gateway = new Gateway()
  pauses = []
  timers = spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms = 0) => {
    if (ms >= 100) pauses.push(ms)
    return wait(work, ms >= 100 ? 0 : ms)
  }) as typeof setTimeout)
})
afterEach(async () => {
  timers.mockRestore()
  await gateway.stop()
})

/** Answers `times` requests with a problem. */
function failing(times: number, answer: () => Response): void {
  gateway.instead = () => (times-- > 0 ? answer() : undefined)
}

async function errorOf(work: Promise<unknown>): Promise<CreError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof CreError)) throw new Error(`no CreError, but ${String(error)}`)
  return error
}

describe('asking again', () => {
  test('Retry-After wins over the client’s own pauses', async () => {
    failing(2, () => problem(429, 'RATE_LIMITED', {}, { 'retry-after': '7' }))
    const mint = await createClient({ baseUrl: gateway.url }).mint(order)
    expect(mint.mint?.status).toBe('queued')
    expect(pauses).toEqual([7_000, 7_000])
    expect(new Set(gateway.asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  })

  test('without it the pauses grow, each somewhere between half of it and all of it', async () => {
    failing(3, () => problem(503, 'STORE_UNAVAILABLE'))
    await createClient({ baseUrl: gateway.url })
      .baskets.list()
      .catch(() => {})
    expect(pauses).toHaveLength(3)
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** index)
      expect(pause).toBeLessThanOrEqual(1_000 * 2 ** index)
    }
  })

  test('five tries, then the problem itself', async () => {
    failing(99, () => problem(503, 'CHAIN_UNAVAILABLE', {}, { 'retry-after': '5' }))
    const error = await errorOf(createClient({ baseUrl: gateway.url }).mint(order))
    expect(error.code).toBe('CHAIN_UNAVAILABLE')
    expect(error.httpStatus).toBe(503)
    expect(error.retryAfterSeconds).toBe(5)
    expect(gateway.asked).toHaveLength(5)
  })

  const once: [string, () => Response][] = [
    ['an open breaker', () => problem(503, 'CIRCUIT_OPEN', {}, { 'retry-after': '5' })],
    ['a pause of minutes', () => problem(503, 'POR_STALE', {}, { 'retry-after': '300' })],
    ['the end of a mint', () => problem(503, 'EXPIRED', { mintId: 'm', mintStatus: 'failed' })],
    ['a refusal', () => problem(422, 'ACE_REJECTED')],
    ['a fault of the gateway', () => problem(500, 'INTERNAL')],
  ]
  for (const [what, answer] of once) {
    test(`${what} is not asked again`, async () => {
      failing(99, answer)
      await errorOf(createClient({ baseUrl: gateway.url }).mint(order))
      expect(gateway.asked).toHaveLength(1)
    })
  }

  test('what changes something and has no key is sent once', async () => {
    failing(99, () => problem(503, 'STORE_UNAVAILABLE'))
    const path = { basket: '0x24B3c7704709ed1491473F30393FFc93cFB0FC34' }
    const call = createClient({ baseUrl: gateway.url }).call('post', '/baskets/{basket}/pause', {
      path,
      body: { reason: 'drill' },
    })
    expect((await errorOf(call)).code).toBe('STORE_UNAVAILABLE')
    expect(gateway.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([`POST /baskets/${path.basket}/pause`])
  })

  test('a read through call is asked again, too', async () => {
    failing(1, () => problem(503, 'STORE_UNAVAILABLE'))
    gateway.add()
    const { mints } = await createClient({ baseUrl: gateway.url }).call('get', '/mints', {
      query: { status: ['queued', 'minted'] },
    })
    expect(mints).toHaveLength(1)
    expect(gateway.asked[1]?.path).toBe('/mints?status=queued&status=minted')
  })

  test('nobody there is NETWORK', async () => {
    const { url } = gateway
    await gateway.stop()
    const error = await errorOf(createClient({ baseUrl: url }).baskets.list())
    expect([error.code, error.httpStatus]).toEqual(['NETWORK', undefined])
    expect(pauses).toHaveLength(4)
  })
})

describe('aborting', () => {
  test('a request rejects with the reason of the signal', async () => {
    const over = new AbortController()
    gateway.instead = async (_, request) => {
      over.abort(new Error('the page is gone'))
      await new Promise((done) => request.signal.addEventListener('abort', done))
      return undefined
    }
    const asked = createClient({ baseUrl: gateway.url }).mint(order, { signal: over.signal })
    expect(asked).rejects.toThrow('the page is gone')
    await asked.catch(() => {})
  })

  test('a pause is cut short', async () => {
    timers.mockRestore()
    failing(99, () => problem(503, 'STORE_UNAVAILABLE', {}, { 'retry-after': '30' }))
    const over = new AbortController()
    const asked = createClient({ baseUrl: gateway.url }).mint(order, { signal: over.signal })
    queueMicrotask(async () => {
      while (gateway.asked.length === 0) await Bun.sleep(5)
      over.abort(new Error('the page is gone'))
    })
    expect(asked).rejects.toThrow('the page is gone')
    await asked.catch(() => {})
  })
})

describe('tokens', () => {
  test('a token is sent as Authorization', async () => {
    await createClient({ baseUrl: `${gateway.url}/`, token: 'cre_test_1_x' }).mint(order)
    expect(gateway.asked[0]?.headers['authorization']).toBe('Bearer cre_test_1_x')
  })

  test('a token for one order is the key of its mint itself', async () => {
    await createClient({ baseUrl: gateway.url, token: 'cret_test_0123456789ab_x' }).mint(order)
    await createClient({ baseUrl: gateway.url, token: () => 'cret_test_0123456789ab_x' }).mint(order)
    expect(gateway.asked.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined])
  })

  test('a refused one is fetched anew, once', async () => {
    gateway.instead = ({ headers }) =>
      headers['authorization'] === 'Bearer t2' ? undefined : problem(401, 'UNAUTHORIZED')
    const refused: (string | undefined)[] = []
    const token = (before?: string) => {
      refused.push(before)
      return `t${refused.length}`
    }
    const cre = createClient({ baseUrl: gateway.url, token })
    await cre.mint(order)
    await cre.baskets.list().catch(() => {})
    expect(refused).toEqual([undefined, 't1'])

    gateway.instead = () => problem(401, 'UNAUTHORIZED')
    expect((await errorOf(cre.mint(order))).code).toBe('UNAUTHORIZED')
    expect(refused).toEqual([undefined, 't1', 't2'])
  })
})

describe('errors', () => {
  const codes = document.components.schemas.ProblemCode.enum as ProblemCode[]

  test('every code of the OpenAPI document is a CreError of that code', async () => {
    expect(codes.length).toBeGreaterThan(30)
    for (const code of codes) {
      failing(1, () => problem(422, code, { deficit: '5' }))
      const error = await errorOf(createClient({ baseUrl: gateway.url }).mint(order))
      expect(error.code).toBe(code)
      expect(error.message).toBe(code)
      expect(error.problem.deficit).toBe('5')
    }
  })

  test('the union narrows by code, and a switch over it can be exhaustive', () => {
    const said = (error: CreError): string => {
      if (error.code === 'POR_INSUFFICIENT_RESERVES') {
        const narrowed: 'POR_INSUFFICIENT_RESERVES' = error.problem.code
        return `${narrowed}: ${error.problem.deficit}`
      }
      // @ts-expect-error there is no such code
      if (error.code === 'NO_SUCH_CODE') return 'never'
      return error.code
    }
    expect(said(new CreError({ code: 'POR_INSUFFICIENT_RESERVES', deficit: '5' }))).toBe('POR_INSUFFICIENT_RESERVES: 5')
    expect(said(new CreError({ code: 'TIMEOUT' }))).toBe('TIMEOUT')
  })

  test('a code that the client does not know is a CreError all the same', async () => {
    failing(1, () => problem(418, 'OF_A_NEWER_GATEWAY', { detail: 'something new' }))
    const error = await errorOf(createClient({ baseUrl: gateway.url }).mint(order))
    expect([error.code as string, error.httpStatus, error.message]).toEqual([
      'OF_A_NEWER_GATEWAY',
      418,
      'something new',
    ])
  })

  test('an answer of somebody in between is UNREADABLE', async () => {
    for (const page of ['<h1>Bad Gateway</h1>', 'null', '{"error":"nginx"}']) {
      failing(1, () => new Response(page, { status: 502 }))
      const error = await errorOf(createClient({ baseUrl: gateway.url }).mint(order))
      expect([error.code, error.httpStatus]).toEqual(['UNREADABLE', 502])
    }
  })
})
