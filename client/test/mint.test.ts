import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { CreError, type IntentStore, createClient, memoryStore } from '../src/index'
import { Gateway, problem } from './support/gateway'

const order = { beneficiary: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd', amount: '1000' }
const intent = 'invoice-2211'
let gateway: Gateway
let store: IntentStore
beforeEach(() => {
  gateway = new Gateway()
  store = memoryStore()
})
afterEach(() => gateway.stop())

/** A tab, or the same page after a reload: another client with the same store. */
const page = () => createClient({ baseUrl: gateway.url, store })
const keys = () => new Set(gateway.asked.map(({ headers }) => headers['idempotency-key']))

describe('an intent', () => {
  test('a double click mints once', async () => {
    const cre = page()
    const [first, second] = await Promise.all([cre.mint(order, { intent }), cre.mint(order, { intent })])
    expect(second.id).toBe(first.id)
    expect(gateway.mints.size).toBe(1)
  })

  test('two tabs mint once', async () => {
    const [first, second] = await Promise.all([page().mint(order, { intent }), page().mint(order, { intent })])
    expect(second.id).toBe(first.id)
    expect(keys().size).toBe(1)
  })

  test('the key is stored before the request is sent', async () => {
    let stored = 0
    gateway.instead = () => {
      stored = (store as unknown as Map<string, string>).size
      return undefined
    }
    await page().mint(order, { intent })
    expect(stored).toBe(1)
  })

  test('without an intent each call is a mint of its own', async () => {
    const cre = page()
    const [first, second] = await Promise.all([cre.mint(order), cre.mint(order)])
    expect(second.id).not.toBe(first.id)
  })

  test('other intents and other gateways have other keys', async () => {
    const other = new Gateway()
    await page().mint(order, { intent })
    await page().mint(order, { intent: 'invoice-2212' })
    await createClient({ baseUrl: other.url, store }).mint(order, { intent })
    expect(gateway.mints.size).toBe(2)
    expect(keys().has(other.asked[0]?.headers['idempotency-key'] ?? '')).toBe(false)
    await other.stop()
  })

  test('a lost answer, then the same again: one mint', async () => {
    gateway.instead = (asked) => {
      if (asked.method !== 'POST' || gateway.mints.size > 0) return undefined
      gateway.instead = () => undefined
      const { mintId } = gateway.add(asked.body)
      // As the gateway would: the key is taken, but the caller never hears of it.
      ;(gateway as unknown as { byKey: Map<string, unknown> }).byKey.set(asked.headers['idempotency-key'] ?? '', {
        mintId,
        order: JSON.stringify(asked.body),
      })
      return new Response('<h1>gateway timeout</h1>', { status: 504 })
    }
    const lost = await page()
      .mint(order, { intent })
      .catch((error: unknown) => error)
    expect(lost).toBeInstanceOf(CreError)
    const again = await page().mint(order, { intent })
    expect(gateway.mints.size).toBe(1)
    expect(gateway.mints.has(again.id)).toBe(true)
  })

  test('after a reload it is found again, by its mint or by asking once more', async () => {
    expect(await page().resume(intent)).toBeUndefined()
    gateway.instead = () => new Response('', { status: 504 })
    await page()
      .mint(order, { intent })
      .catch(() => {})
    gateway.instead = () => undefined
    const resumed = await page().resume(intent)
    expect(resumed?.mint?.amount).toBe('1000')
    expect(keys().size).toBe(1)

    const posts = gateway.count(/^POST/)
    const later = await page().resume(intent)
    expect(later?.id).toBe(resumed?.id as string)
    expect(gateway.count(/^POST/)).toBe(posts)
  })

  test('is over when the end of its mint was read', async () => {
    for (const [status, code] of [
      ['finalized', undefined],
      ['rejected', 'ACE_REJECTED'],
      ['failed', 'EXPIRED'],
      ['cancelled', undefined],
    ] as const) {
      const mint = await page().mint(order, { intent })
      gateway.move(mint.id, status, { ...(code && { code }) })
      expect((await page().resume(intent))?.id).toBe(mint.id)
      await Array.fromAsync(mint.states())
      expect(await page().resume(intent)).toBeUndefined()
    }
    expect(gateway.mints.size).toBe(4)
  })

  test('a mint that is minted but not final is the same one still', async () => {
    const mint = await page().mint(order, { intent })
    gateway.move(mint.id, 'minted')
    await mint.wait()
    expect((await page().mint(order, { intent })).id).toBe(mint.id)
  })

  test('a refusal that names its mint ends it, any other keeps the key', async () => {
    gateway.instead = () => problem(422, 'ACE_REJECTED', { mintId: 'm', mintStatus: 'rejected' })
    await page()
      .mint(order, { intent })
      .catch(() => {})
    gateway.instead = () => problem(400, 'INVALID_REQUEST', { field: 'amount' })
    await page()
      .mint(order, { intent })
      .catch(() => {})
    gateway.instead = () => undefined
    await page().mint(order, { intent })
    const [first, second, third] = gateway.asked.map(({ headers }) => headers['idempotency-key'])
    expect(second).not.toBe(first)
    expect(third).toBe(second)
  })

  test('another order under it is refused by the gateway, until the intent is given up', async () => {
    await page().mint(order, { intent })
    const other = { ...order, amount: '2' }
    const refused = await page()
      .mint(other, { intent })
      .catch((error: CreError) => error.code)
    expect(refused).toBe('IDEMPOTENCY_MISMATCH')
    await page().forget(intent)
    await page().mint(other, { intent })
    expect(gateway.mints.size).toBe(2)
  })

  test('what cannot be stored is not sent', async () => {
    const full: IntentStore = {
      ...memoryStore(),
      get: () => null,
      set: () => Promise.reject(new Error('the disk is full')),
    }
    const cre = createClient({ baseUrl: gateway.url, store: full })
    expect(cre.mint(order, { intent })).rejects.toThrow('the disk is full')
    await cre.mint(order, { intent }).catch(() => {})
    expect(gateway.asked).toHaveLength(0)
  })
})

test('a mint is asked for without waiting, with its order as it is', async () => {
  const { mint } = await page().mint({ ...order, bankReference: 'MT103-2026-0042' })
  expect(mint?.status).toBe('queued')
  const [asked] = gateway.asked
  expect(asked?.headers['prefer']).toBe('respond-async')
  expect(asked?.body).toEqual({ ...order, bankReference: 'MT103-2026-0042' })
})

test('a list goes over all pages, and no further than it is read', async () => {
  for (let count = 0; count < 5; count++) gateway.add()
  const listed = await Array.fromAsync(page().mints.list({ status: ['queued'], limit: 2 }))
  expect(listed.map(({ mintId }) => mintId)).toEqual([...gateway.mints.keys()])
  expect(gateway.asked.map(({ path }) => path)).toEqual([
    '/mints?status=queued&limit=2',
    '/mints?status=queued&limit=2&cursor=2',
    '/mints?status=queued&limit=2&cursor=4',
  ])
  for await (const _ of page().mints.list()) break
  expect(gateway.asked).toHaveLength(4)
})
