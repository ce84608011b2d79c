// Serves the HTTP capability: each node sends its own request.
import { create } from '@bufbuild/protobuf'
import { HTTP_CLIENT_PB } from '@chainlink/cre-sdk/pb'
import { CapabilityError, messageOf } from '../base/errors'
import type { Journal } from '../base/journal'
import { MODE_NODE } from '../base/mode'
import { type Capability, type CapabilityCall, payloadOf, reply, requireMode, unknownMethod } from './call'
import { type HttpCache, maxAgeMillis } from './http-cache'
import { HTTP_ACTIONS } from './ids'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const DEFAULT_TIMEOUT_MILLIS = 5_000

/** HTTP actions: each node sends its own request, unless it asks to share. Redirects are answers, not followed. */
export function httpActions({ cache, journal }: { cache: HttpCache; journal: Journal }): Capability {
  return {
    serves: (id) => id === HTTP_ACTIONS,
    async call(call) {
      requireMode(call, MODE_NODE)
      if (call.request.method !== 'SendRequest') unknownMethod(call)
      const request = payloadOf(call, HTTP_CLIENT_PB.RequestSchema)
      validateRequest(request, call)
      call.quota.fit('httpCacheAgeMillis', maxAgeMillis(request))
      return reply(HTTP_CLIENT_PB.ResponseSchema, await cache.fetch(request, () => sendRequest(request, call, journal)))
    },
  }
}

function validateRequest(request: HTTP_CLIENT_PB.Request, call: CapabilityCall): void {
  const refuse = (message: string): never => {
    throw new CapabilityError('InvalidArgument', message)
  }
  if (!METHODS.includes(request.method.toUpperCase())) refuse(`HTTP method ${request.method} is not available`)
  if (!URL.canParse(request.url)) refuse('the URL cannot be parsed')
  const { protocol } = new URL(request.url)
  if (protocol !== 'http:' && protocol !== 'https:') refuse(`${protocol} URLs are not available, only http(s)`)
  if (timeoutOf(request) > call.quota.limits.httpTimeoutMillis) {
    refuse(`timeout ${timeoutOf(request)} ms is above ${call.quota.limits.httpTimeoutMillis} ms`)
  }
  call.quota.take('httpCalls')
  call.quota.fit('httpRequestBytes', request.body.length + request.url.length)
}

async function sendRequest(
  request: HTTP_CLIENT_PB.Request,
  call: CapabilityCall,
  journal: Journal,
): Promise<HTTP_CLIENT_PB.Response> {
  const timeoutMillis = timeoutOf(request)
  try {
    const response = await call.seat.ports.fetch(request.url, {
      method: request.method.toUpperCase(),
      headers: headersOf(request),
      body: request.body.length === 0 ? undefined : new Uint8Array(request.body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMillis),
    })
    const body = await readBody(response, call)
    return responseOf(response, body)
  } catch (error) {
    if (error instanceof CapabilityError) throw error
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new CapabilityError('DeadlineExceeded', `the HTTP request got no answer within ${timeoutMillis} ms`)
    }
    journal({ event: 'http.failed', level: 'warn', node: call.seat.name, round: call.round, error: messageOf(error) })
    throw new CapabilityError('Unavailable', 'the HTTP request got no answer')
  }
}

/** Reads at most the quota: a source must not fill the node's memory. */
async function readBody(response: Response, call: CapabilityCall): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    call.quota.fit('httpResponseBytes', size)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function headersOf(request: HTTP_CLIENT_PB.Request): [string, string][] {
  const multi = Object.entries(request.multiHeaders).flatMap(([name, { values }]) =>
    values.map((value): [string, string] => [name, value]),
  )
  return [...Object.entries(request.headers), ...multi]
}

function responseOf(response: Response, body: Uint8Array): HTTP_CLIENT_PB.Response {
  const message = create(HTTP_CLIENT_PB.ResponseSchema, { statusCode: response.status, body })
  for (const [name, value] of response.headers) {
    message.headers[name] = value
    message.multiHeaders[name] = create(HTTP_CLIENT_PB.HeaderValuesSchema, { values: [value] })
  }
  return message
}

function timeoutOf(request: HTTP_CLIENT_PB.Request): number {
  if (request.timeout === undefined) return DEFAULT_TIMEOUT_MILLIS
  return Number(request.timeout.seconds) * 1000 + request.timeout.nanos / 1e6
}
