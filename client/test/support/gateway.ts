/** A gateway at the edge of the client: mints in memory, and an HTTP server that does as each test tells it. */
import type { Mint, MintStatus } from '../../src/index'

export interface Asked {
  method: string
  path: string
  headers: Record<string, string>
  body: Record<string, unknown> | undefined
}

/** Takes a request away from the gateway; undefined leaves it there. */
export type Instead = (asked: Asked, request: Request) => Response | undefined | Promise<Response | undefined>

interface Stream {
  /** The mints; none: everything. */
  ids: string[]
  send: (text: string) => void
  end: () => void
}

const encoder = new TextEncoder()
const contract = {
  stablecoinAddress: '0x24B3c7704709ed1491473F30393FFc93cFB0FC34',
  mintingConsumerAddress: '0x44BF2a9217A2970A1bCC7529Bf1d40828C594320',
}

export class Gateway {
  /** Every request, in the order of their arrival. */
  readonly asked: Asked[] = []
  readonly mints = new Map<string, Mint>()
  /** Asked first about every request. */
  instead: Instead = () => undefined
  private readonly byKey = new Map<string, { mintId: string; order: string }>()
  private readonly events: string[] = []
  private readonly streams = new Set<Stream>()
  private readonly server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    fetch: (request) => this.answer(request),
  })

  get url(): string {
    return `http://127.0.0.1:${this.server.port}`
  }

  get openStreams(): number {
    return this.streams.size
  }

  count(path: RegExp): number {
    return this.asked.filter((asked) => path.test(`${asked.method} ${asked.path}`)).length
  }

  async stop(): Promise<void> {
    await this.server.stop(true)
  }

  add(order: Record<string, unknown> = {}): Mint {
    const mintId = crypto.randomUUID()
    const now = this.now()
    const mint = {
      success: false,
      status: 'queued',
      attempts: 0,
      mintId,
      beneficiary: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd',
      amount: '1000',
      reference: `0x${'11'.repeat(32)}`,
      createdAt: now,
      updatedAt: now,
      expiresAt: '2030-01-01T00:00:00.000Z',
      ...contract,
      ...order,
    } as unknown as Mint
    this.mints.set(mintId, mint)
    this.tell(mint)
    return mint
  }

  /** What happens to a mint; `members` are those of its new state. */
  move(id: string, status: MintStatus, members: Partial<Mint> = {}): Mint {
    const { code: _, error: __, ...before } = this.mints.get(id) as Mint
    const success = status === 'minted' || status === 'finalized'
    const mint = { ...before, status, success, updatedAt: this.now(), ...members } as Mint
    this.mints.set(id, mint)
    this.tell(mint)
    return mint
  }

  /** Cuts all streams off. */
  cut(): void {
    for (const { end } of [...this.streams]) end()
  }

  /** Strictly later each time, as the database's clock is for one mint. */
  private now(): string {
    this.clock = Math.max(this.clock + 1, Date.now())
    return new Date(this.clock).toISOString()
  }
  private clock = 0

  private tell({ mintId, status, updatedAt, attempts, expiresAt }: Mint): void {
    const seq = this.events.length + 1
    const kind = `mint.${status}`
    const data = JSON.stringify({ seq, mintId, kind, at: updatedAt, data: { status, attempts, expiresAt }, hash: '0' })
    const text = `id: ${seq}\nevent: ${kind}\ndata: ${data}\n\n`
    this.events.push(text)
    for (const { ids, send } of this.streams) if (ids.length === 0 || ids.includes(mintId)) send(text)
  }

  private async answer(request: Request): Promise<Response> {
    const { pathname, search, searchParams } = new URL(request.url)
    const text = await request.text()
    const asked: Asked = {
      method: request.method,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: text === '' ? undefined : JSON.parse(text),
    }
    this.asked.push(asked)
    const instead = await this.instead(asked, request)
    if (instead) return instead
    if (pathname === '/mint') return this.mint(asked)
    if (pathname === '/mints/events') return this.stream(asked, searchParams.getAll('id'))
    if (pathname === '/events') return this.stream(asked, [])
    if (pathname === '/mints') {
      const all = [...this.mints.values()]
      const from = Number(searchParams.get('cursor') ?? 0)
      return Response.json({
        mints: all.slice(from, from + 2),
        nextCursor: from + 2 < all.length ? `${from + 2}` : null,
      })
    }
    const mint = this.mints.get(/^\/mints\/([^/]+)$/.exec(pathname)?.[1] ?? '')
    return mint ? Response.json(mint) : problem(404, 'NOT_FOUND', { detail: 'there is no such mint' })
  }

  private mint({ headers, body }: Asked): Response {
    const order = JSON.stringify(body)
    const key = headers['idempotency-key'] ?? ''
    const found = this.byKey.get(key)
    if (found && found.order !== order) return problem(422, 'IDEMPOTENCY_MISMATCH')
    const mint = found ? (this.mints.get(found.mintId) as Mint) : this.add(body)
    this.byKey.set(key, { mintId: mint.mintId, order })
    return Response.json(mint, { status: 202 })
  }

  private stream({ headers }: Asked, ids: string[]): Response {
    const after = headers['last-event-id']
    const begin = after === undefined && ids.length === 0 ? this.events.length : Number(after ?? 0)
    let one: Stream
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        one = {
          ids,
          send: (text) => controller.enqueue(encoder.encode(text)),
          end: () => {
            if (this.streams.delete(one)) controller.close()
          },
        }
        this.streams.add(one)
        one.send(': hello\n\n')
        for (const text of this.events.slice(begin)) {
          if (ids.length === 0 || ids.some((id) => text.includes(id))) one.send(text)
        }
      },
      cancel: () => void this.streams.delete(one),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
}

export function problem(
  status: number,
  code: string,
  members: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  const body = {
    type: `/problems/${code.toLowerCase()}`,
    title: code,
    status,
    detail: code,
    error: code,
    success: false,
    code,
    ...members,
  }
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json', ...headers } })
}

/** Waits for a condition, generously: tests wait for what must come, not for how fast. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${what}: it never came`)
    await Bun.sleep(5)
  }
}
