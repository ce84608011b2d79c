// Calls a JSON-RPC endpoint, and tells an endpoint that is down from one that refuses.
import { z } from 'zod'
import { messageOf } from '../base/errors'

/** One JSON-RPC call; rejects with RpcUnavailable or RpcRefused. */
export type Rpc = (method: string, params: unknown[]) => Promise<unknown>

/** The endpoint did not answer: refused, timed out, or no JSON-RPC. */
export class RpcUnavailable extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RpcUnavailable'
  }
}

/** The endpoint answered with an error. */
export class RpcRefused extends Error {
  constructor(
    message: string,
    readonly rpcCode: number,
    readonly data: string,
  ) {
    super(message)
    this.name = 'RpcRefused'
  }
}

const replySchema = z.union([
  z.object({ error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }) }),
  z.object({ result: z.unknown() }),
])

/** A JSON-RPC endpoint over HTTP. Errors never carry the URL: it may hold an API key. */
export function createRpc(params: { url: string; timeoutMillis: number }): Rpc {
  let id = 0
  return async (method, args) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params: args })
    const reply = await post({ ...params, body, method })
    const parsed = replySchema.safeParse(reply)
    if (!parsed.success) throw new RpcUnavailable(`the RPC endpoint's answer to ${method} is no JSON-RPC`)
    if ('error' in parsed.data) {
      const { code, message, data } = parsed.data.error
      throw new RpcRefused(message, code, typeof data === 'string' ? data : '')
    }
    return parsed.data.result
  }
}

async function post(params: { url: string; timeoutMillis: number; body: string; method: string }): Promise<unknown> {
  try {
    const response = await fetch(params.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: params.body,
      signal: AbortSignal.timeout(params.timeoutMillis),
    })
    return await response.json()
  } catch (error) {
    const reason = error instanceof DOMException && error.name === 'TimeoutError' ? 'timed out' : brief(error)
    throw new RpcUnavailable(`the RPC endpoint did not answer ${params.method}: ${reason}`)
  }
}

function brief(error: unknown): string {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : messageOf(error).replace(/https?:\/\/\S+/g, 'the endpoint')
}
