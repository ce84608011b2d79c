/** One request: token, deadline of the caller, problems as errors, and whether to ask again. */
import { CreError, type ProblemMembers } from './error'

/** Gives a token. Asked again with the one that was refused, it should give another. */
export type TokenSource = (refused?: string) => string | Promise<string>

export interface Connection {
  /** Where the gateway is, with the path prefix of a proxy if it has one. */
  baseUrl: string
  token?: string | TokenSource
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

export interface Cancellable {
  signal?: AbortSignal | undefined
}

export interface Sent extends Cancellable {
  method?: string
  body?: unknown
  headers?: Record<string, string>
  /** Makes it safe to send it again. A token for one order is such a key itself. */
  key?: string
  /** Whether sending it twice is the same as sending it once; so it is with a key, and for GET. */
  repeatable?: boolean
}

/** Sends a request until there is an answer that counts; rejects with a `CreError`, or with the signal's reason. */
export type Send = (path: string, sent?: Sent) => Promise<Response>

/** Tries of one request. */
const TRIES = 5
/** The longest pause that a caller is left without a word. */
const LONGEST_PAUSE_SECONDS = 30

export function sender({ baseUrl, token, fetch: ask = (url, init) => fetch(url, init) }: Connection): Send {
  const base = baseUrl.replace(/\/+$/, '')
  const isSource = typeof token === 'function'
  let held = isSource ? undefined : token

  return async (path, { signal, key, method = 'GET', repeatable = key || method === 'GET', body, headers } = {}) => {
    let refused: string | undefined
    for (let tried = 1; ; tried++) {
      let error: CreError
      try {
        if (isSource) held ??= await token(refused)
        const bearer = held
        const response = await ask(base + path, {
          method,
          headers: {
            ...(bearer && { authorization: `Bearer ${bearer}` }),
            ...(body ? { 'content-type': 'application/json' } : {}),
            ...(key && !bearer?.startsWith('cret_') && { 'idempotency-key': key }),
            ...headers,
          },
          body: JSON.stringify(body),
          signal,
        })
        if (response.ok) return response
        error = await problemOf(response)
        // A token that has run out is fetched anew, once.
        if (response.status === 401 && isSource && !refused) {
          refused = bearer
          if (held === refused) held = undefined
          continue
        }
      } catch (cause) {
        signal?.throwIfAborted()
        error = new CreError({ code: 'NETWORK', detail: 'the gateway does not answer' }, { cause })
      }
      const { code, httpStatus, mintId, retryAfterSeconds = 0 } = error
      const isPassing = !httpStatus || httpStatus === 429 || httpStatus === 503
      // An open breaker takes minutes, and a problem that names a mint is the mint's end.
      const isWorthIt = isPassing && code !== 'CIRCUIT_OPEN' && !mintId && retryAfterSeconds <= LONGEST_PAUSE_SECONDS
      if (!repeatable || !isWorthIt || tried === TRIES) throw error
      await sleep(retryAfterSeconds * 1_000 || jitter(500 * 2 ** tried), signal)
    }
  }
}

async function problemOf(response: Response): Promise<CreError> {
  const httpStatus = response.status
  // What has no code is an answer of somebody in between.
  const unreadable = { code: 'UNREADABLE', detail: 'the answer is none of the gateway' } as const
  const problem: Partial<ProblemMembers> | null = await response.json().catch(() => null)
  return new CreError(problem?.code ? (problem as ProblemMembers) : unreadable, {
    httpStatus,
    retryAfterSeconds: Number(response.headers.get('retry-after')) || undefined,
  })
}

/** Somewhere between half of it and all of it. */
export const jitter = (ms: number): number => ms * (0.5 + Math.random() / 2)

/** Waits; rejects with the signal's reason when it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}
