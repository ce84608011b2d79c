/** JSON-RPC to a chain, one call at a time or many in one request. */

interface Reply {
  id: number
  result?: unknown
  error?: { message: string }
}

export interface Call {
  method: string
  params: unknown[]
}

export interface Rpc {
  url: string
  call: <Result>(method: string, params: unknown[]) => Promise<Result>
  /** The results in the order of the calls. */
  batch: <Result>(calls: Call[]) => Promise<Result[]>
}

/** Calls in one request. */
const batchSize = 200

export function createRpc(url: string): Rpc {
  return {
    url,
    async call<Result>(method: string, params: unknown[]) {
      return resultOf<Result>(method, (await post(url, { jsonrpc: '2.0', id: 0, method, params })) as Reply)
    },
    async batch<Result>(calls: Call[]) {
      const results: Result[] = []
      for (let start = 0; start < calls.length; start += batchSize) {
        const part = calls.slice(start, start + batchSize)
        const body = part.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))
        const replies = (await post(url, body)) as Reply[]
        for (const reply of replies.sort((a, b) => a.id - b.id)) {
          results.push(resultOf<Result>(part[reply.id]?.method ?? '', reply))
        }
      }
      return results
    },
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {
    throw new Error(`the chain does not answer on ${new URL(url).host}`)
  })
  return response.json().catch(() => {
    throw new Error(`what answers on ${new URL(url).host} is no chain: HTTP ${response.status}, not JSON`)
  })
}

function resultOf<Result>(method: string, { result, error }: Reply): Result {
  if (error !== undefined) throw new Error(`${method}: ${error.message}`)
  return result as Result
}
