/** An endpoint in front of the chain that counts JSON-RPC calls: each member of a batch is one. */

/** Who asks: the gateway, or the workflow's processes, whose HTTP client names itself. */
export type Asker = 'gateway' | 'workflow'

/** Calls by asker and method. */
export type Tally = Map<string, number>

export interface RpcCounter {
  url: string
  /** What was asked since the last time this was called. */
  take: () => Tally
  /** Keeps the calls of an asker back until the answer is called. */
  hold: (asker: Asker) => () => void
  stop: () => Promise<void>
}

export function startRpcCounter(upstream: string): RpcCounter {
  let tally: Tally = new Map()
  const held = new Map<Asker, Promise<void>>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const body = await request.text()
      const asker: Asker = request.headers.get('user-agent')?.startsWith('Bun/') ? 'workflow' : 'gateway'
      const asked = JSON.parse(body) as { method: string } | { method: string }[]
      for (const { method } of Array.isArray(asked) ? asked : [asked]) {
        const key = `${asker} ${method}`
        tally.set(key, (tally.get(key) ?? 0) + 1)
      }
      await held.get(asker)
      const headers = { 'content-type': 'application/json' }
      return fetch(upstream, { method: 'POST', headers, body })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    take() {
      const taken = tally
      tally = new Map()
      return taken
    },
    hold(asker) {
      const { promise, resolve } = Promise.withResolvers<void>()
      held.set(asker, promise)
      return () => {
        held.delete(asker)
        resolve()
      }
    },
    stop: () => server.stop(true),
  }
}

/** How many calls of one asker, or of all. */
export function callsOf(tally: Tally, asker?: Asker): number {
  let sum = 0
  for (const [key, count] of tally) if (asker === undefined || key.startsWith(asker)) sum += count
  return sum
}

/** The methods, most asked first. */
export function methodsOf(tally: Tally): string {
  const sorted = [...tally].sort(([, a], [, b]) => b - a)
  return sorted.map(([key, count]) => `${key} ${count}`).join(', ')
}
