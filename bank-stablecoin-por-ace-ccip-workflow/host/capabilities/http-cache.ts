// Shares responses among the nodes that ask for it.
import { create, toBinary } from '@bufbuild/protobuf'
import { HTTP_CLIENT_PB } from '@chainlink/cre-sdk/pb'

type Fetch = () => Promise<HTTP_CLIENT_PB.Response>

/** The DON's shared HTTP responses, for requests that ask for them with `cacheSettings`. */
export type HttpCache = { fetch: (request: HTTP_CLIENT_PB.Request, send: Fetch) => Promise<HTTP_CLIENT_PB.Response> }

/**
 * Equal requests of the nodes share one response: with `maxAge` a stored one that is young enough, and while one node
 * fetches, the others wait for it. With `store` a response of status 2xx or 4xx is kept. Best effort, as in a DON.
 */
export function createHttpCache(now: () => number): HttpCache {
  const stored = new Map<string, { response: HTTP_CLIENT_PB.Response; at: number }>()
  const inFlight = new Map<string, Promise<HTTP_CLIENT_PB.Response>>()
  return {
    async fetch(request, send) {
      const { cacheSettings } = request
      if (cacheSettings === undefined) return send()
      const key = keyOf(request)
      const maxAge = maxAgeMillis(request)
      const known = stored.get(key)
      if (known !== undefined && now() - known.at < maxAge) return known.response
      const running = inFlight.get(key)
      if (running !== undefined && maxAge > 0) return running
      const fetching = send().finally(() => inFlight.delete(key))
      inFlight.set(key, fetching)
      const response = await fetching
      if (cacheSettings.store && isCacheable(response.statusCode)) stored.set(key, { response, at: now() })
      return response
    },
  }
}

/** How old a stored response may be, in milliseconds. */
export function maxAgeMillis({ cacheSettings }: HTTP_CLIENT_PB.Request): number {
  return Number(cacheSettings?.maxAge?.seconds ?? 0n) * 1000 + (cacheSettings?.maxAge?.nanos ?? 0) / 1e6
}

function isCacheable(status: number): boolean {
  return (status >= 200 && status < 300) || (status >= 400 && status < 500)
}

/** Everything that makes the request what it is; how it is cached does not. */
function keyOf(request: HTTP_CLIENT_PB.Request): string {
  const bare = create(HTTP_CLIENT_PB.RequestSchema, { ...request, cacheSettings: undefined, timeout: undefined })
  return Buffer.from(toBinary(HTTP_CLIENT_PB.RequestSchema, bare)).toString('latin1')
}
