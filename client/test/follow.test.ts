import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { followEvents } from '../src/events'
import { CreError, type Mint, type MintHandle, createClient } from '../src/index'
import { Gateway, problem, until } from './support/gateway'

let gateway: Gateway
beforeEach(() => {
  gateway = new Gateway()
})
afterEach(() => gateway.stop())

const client = (pollMs = 60_000) => createClient({ baseUrl: gateway.url, pollMs })

/** An answer that begins and does not go on: its headers, and these bytes if there are any. */
function hanging(type: string, bytes?: string): Response {
  return Response.redirect(`${begun}/?${new URLSearchParams({ type, bytes: bytes ?? '' })}`, 307)
}
let begun: string
const beginning = createServer(({ url }, response) => {
  const asked = new URL(url ?? '', 'http://localhost').searchParams
  response.writeHead(200, { 'content-type': asked.get('type') ?? '' })
  response.flushHeaders()
  if (asked.get('bytes')) response.write(asked.get('bytes'))
})
beforeAll(async () => {
  await new Promise<void>((listening) => beginning.listen(0, '127.0.0.1', listening))
  begun = `http://127.0.0.1:${(beginning.address() as AddressInfo).port}`
})
afterAll(() => {
  beginning.closeAllConnections()
  beginning.close()
})

/** Collects the states of a mint while they come. */
function collect(handle: MintHandle): { seen: string[]; ended: Promise<void> } {
  const seen: string[] = []
  const ended = (async () => {
    for await (const { status } of handle.states()) seen.push(status)
  })()
  return { seen, ended }
}

/** Moves a mint and waits until that was seen. */
async function step(id: string, seen: string[], status: Mint['status'], members: Partial<Mint> = {}): Promise<void> {
  const before = seen.length
  gateway.move(id, status, members)
  await until(status, () => seen.length > before && seen.at(-1) === status)
}

describe('following a mint', () => {
  test('its states come as they are, through a re-organisation, to the end', async () => {
    const { mintId } = gateway.add()
    const { seen, ended } = collect(client().mints.follow(mintId))
    await until('a stream', () => gateway.openStreams === 1 && seen.length === 1)
    for (const status of ['executing', 'submitted', 'minted', 'executing', 'minted', 'finalized'] as const) {
      await step(mintId, seen, status)
    }
    await ended
    expect(seen).toEqual(['queued', 'executing', 'submitted', 'minted', 'executing', 'minted', 'finalized'])
    await until('the stream is closed', () => gateway.openStreams === 0)
    expect(gateway.count(/^GET \/mints\/events/)).toBe(1)
  })

  test('many mints are one stream, and a late one joins it', async () => {
    const cre = client()
    const ids = Array.from({ length: 30 }, () => gateway.add().mintId)
    const followed = ids.map((id) => collect(cre.mints.follow(id)))
    await until('all', () => followed.every(({ seen }) => seen.length === 1) && gateway.openStreams === 1)
    const late = gateway.add()
    const last = collect(cre.mints.follow(late.mintId))
    const streams = () => gateway.asked.filter(({ path }) => path.startsWith('/mints/events'))
    await until('the late one', () => streams().at(-1)?.path.includes(late.mintId) === true && last.seen.length === 1)
    for (const id of [...ids, late.mintId]) gateway.move(id, 'finalized')
    await Promise.all([...followed, last].map(({ ended }) => ended))
    expect(streams().length).toBeLessThanOrEqual(3)
  })

  test('a stream that breaks is opened again after its last event; nothing is lost', async () => {
    const { mintId } = gateway.add()
    const { seen, ended } = collect(client().mints.follow(mintId))
    await until('a stream', () => gateway.openStreams === 1 && seen.length === 1)
    await step(mintId, seen, 'executing')
    gateway.cut()
    gateway.move(mintId, 'minted')
    await until('minted', () => seen.at(-1) === 'minted')
    const again = gateway.asked.filter(({ path }) => path.startsWith('/mints/events')).at(-1)
    expect(again?.headers['last-event-id']).toBe('2')
    await step(mintId, seen, 'finalized')
    await ended
  })

  const refusals: [string, () => Response][] = [
    ['an older gateway', () => problem(404, 'NOT_FOUND')],
    ['too many streams', () => problem(503, 'TOO_MANY_STREAMS', {}, { 'retry-after': '3600' })],
    ['a proxy’s page', () => hanging('text/html', '<h1>hello</h1>')],
    ['a proxy that holds it back', () => hanging('text/event-stream')],
  ]
  for (const [what, refusal] of refusals) {
    test(`without a stream (${what}) the same is polled`, async () => {
      gateway.instead = ({ path }) => (path.startsWith('/mints/events') ? refusal() : undefined)
      const { mintId } = gateway.add()
      const { seen, ended } = collect(client(20).mints.follow(mintId))
      await until('the first', () => seen.length === 1)
      for (const status of ['executing', 'minted', 'executing', 'minted', 'finalized'] as const) {
        await step(mintId, seen, status)
      }
      await ended
      expect(seen).toEqual(['queued', 'executing', 'minted', 'executing', 'minted', 'finalized'])
    })
  }

  test('while the stream is heard nothing is polled', async () => {
    const { mintId } = gateway.add()
    const { seen, ended } = collect(client(20).mints.follow(mintId))
    await until('a stream', () => gateway.openStreams === 1 && seen.length === 1)
    const reads = () => gateway.count(/^GET \/mints\/[^e]/)
    let [before, rest] = [-1, 0]
    // With polling there would be a read in every few of these.
    await until('nothing is read', () => {
      rest = reads() === before ? rest + 1 : 0
      before = reads()
      return rest > 40
    })
    gateway.move(mintId, 'finalized')
    await ended
  })

  test('a mint that is tried again after its end is followed anew, not remembered', async () => {
    const cre = client()
    const { mintId } = gateway.add()
    const other = collect(cre.mints.follow(gateway.add().mintId))
    gateway.move(mintId, 'failed', { code: 'WORKFLOW_FAILED' })
    await collect(cre.mints.follow(mintId)).ended
    gateway.move(mintId, 'queued')
    const { seen, ended } = collect(cre.mints.follow(mintId))
    await until('it is followed', () => seen.length === 1)
    await step(mintId, seen, 'finalized')
    await ended
    expect(seen).toEqual(['queued', 'finalized'])
    for (const id of gateway.mints.keys()) gateway.move(id, 'finalized')
    await other.ended
  })

  test('a mint that does not exist is an error, and no stream waits for it', async () => {
    const missing = client().mints.follow('01900000-0000-7000-8000-000000000000')
    const error = await missing.wait().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CreError)
    expect((error as CreError).code).toBe('NOT_FOUND')
    await until('no stream', () => gateway.openStreams === 0)
  })

  test('a signal ends it with its reason, and the connection with it', async () => {
    const { mintId } = gateway.add()
    const over = new AbortController()
    const waiting = client().mints.follow(mintId).wait({ signal: over.signal })
    await until('a stream', () => gateway.openStreams === 1)
    over.abort(new Error('enough'))
    expect(waiting).rejects.toThrow('enough')
    await waiting.catch(() => {})
    await until('the stream is closed', () => gateway.openStreams === 0)
    const begun = client()
      .mints.follow(mintId)
      .wait({ signal: AbortSignal.abort(new Error('before')) })
    expect(begun).rejects.toThrow('before')
    await begun.catch(() => {})
  })

  test('a reader that stops reading closes the connection', async () => {
    const { mintId } = gateway.add()
    for await (const _ of client().mints.follow(mintId).states()) {
      await until('a stream', () => gateway.openStreams === 1)
      break
    }
    await until('the stream is closed', () => gateway.openStreams === 0)
  })
})

describe('waiting', () => {
  test('until minted, and until final', async () => {
    const { mintId } = gateway.add()
    const handle = client().mints.follow(mintId)
    const minted = handle.wait()
    const final = handle.wait({ until: 'finalized' })
    await until('a stream', () => gateway.openStreams === 1)
    gateway.move(mintId, 'minted', { mintTx: `0x${'22'.repeat(32)}` })
    expect((await minted).mintTx).toBe(`0x${'22'.repeat(32)}`)
    gateway.move(mintId, 'finalized')
    expect((await final).status).toBe('finalized')
    expect(handle.mint?.status).toBe('finalized')
    expect(handle.error).toBeUndefined()
  })

  test('an end without tokens is a CreError with what backs it', async () => {
    const { mintId } = gateway.add()
    const handle = client().mints.follow(mintId)
    const waiting = handle.wait().catch((thrown: unknown) => thrown)
    await until('a stream', () => gateway.openStreams === 1)
    const reserves = { reserves: '10', liability: '2100', requested: '100', deficit: '2190' }
    gateway.move(mintId, 'rejected', { code: 'POR_INSUFFICIENT_RESERVES', error: 'not covered', ...reserves })
    const error = (await waiting) as CreError
    expect(error).toBeInstanceOf(CreError)
    expect(error.code).toBe('POR_INSUFFICIENT_RESERVES')
    expect(error.message).toBe('not covered')
    expect(error.mintId).toBe(mintId)
    expect(error.problem).toMatchObject({ ...reserves, mintStatus: 'rejected' })
    expect(error.problem.status).toBeUndefined()
    expect(handle.error?.code).toBe('POR_INSUFFICIENT_RESERVES')
  })

  test('a mint that was cancelled has no code of its own', async () => {
    const { mintId } = gateway.add()
    gateway.move(mintId, 'cancelled')
    const error = await client()
      .mints.follow(mintId)
      .wait()
      .catch((thrown: CreError) => thrown.code)
    expect(error).toBe('CANCELLED')
  })
})

describe('following everything', () => {
  test('says when it hears everything, and when not', async () => {
    const heard: string[] = []
    const stop = followEvents(client(), {
      event: ({ kind }) => heard.push(kind),
      live: (isLive) => heard.push(isLive ? 'live' : 'down'),
    })
    await until('live', () => heard.at(-1) === 'live')
    const { mintId } = gateway.add()
    await until('the first', () => heard.at(-1) === 'mint.queued')
    gateway.cut()
    gateway.move(mintId, 'executing')
    await until('the second', () => heard.at(-1) === 'mint.executing')
    expect(heard).toEqual(['live', 'mint.queued', 'down', 'live', 'mint.executing'])
    stop()
    await until('the stream is closed', () => gateway.openStreams === 0)
  })

  test('is one stream for all who listen in a page', async () => {
    const cre = client()
    const heard: string[][] = [[], []]
    const stops = heard.map((list) => followEvents(cre, { event: ({ kind }) => void list.push(kind), live: () => {} }))
    await until('a stream', () => gateway.openStreams === 1)
    gateway.add()
    await until('both', () => heard.every((list) => list.length === 1))
    expect(gateway.openStreams).toBe(1)
    for (const stop of stops) stop()
    await until('the stream is closed', () => gateway.openStreams === 0)
  })
})
