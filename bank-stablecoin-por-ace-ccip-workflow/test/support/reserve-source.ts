/** What the source answers to a request; the counter starts at 1. */
export type ReserveAnswer = (request: Request, count: number) => Response | Promise<Response>

/** A reserve API whose answers a test decides. */
export type ReserveSource = {
  /** For the configuration, with `{stablecoin}` in it. */
  url: string
  requests: () => number
  answer: (answer: ReserveAnswer) => void
  stop: () => Promise<void>
}

/** A well-formed answer: a million, stamped now. */
export function healthyReserve(overrides: Record<string, unknown> = {}): Response {
  return Response.json({
    accountName: 'Test reserve',
    totalReserve: '1000000.00',
    lastUpdated: new Date().toISOString(),
    ...overrides,
  })
}

/** Starts a reserve API on a free port; healthy until told otherwise. */
export function startReserveSource(): ReserveSource {
  let answer: ReserveAnswer = () => healthyReserve()
  let count = 0
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => answer(request, ++count),
  })
  return {
    url: `http://127.0.0.1:${server.port}/reserves/{stablecoin}`,
    requests: () => count,
    answer: (next) => {
      count = 0
      answer = next
    },
    stop: () => server.stop(true),
  }
}
