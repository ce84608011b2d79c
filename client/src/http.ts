/** One request: token, deadline of the caller, problems as errors, and whether to ask again. */
import { CreError, type ProblemMembers } from './error'

/** Gives a token. Asked again with the one that was refused, it should give another. */
export type TokenSource = (refused?: string) => string | Promise<string>

export interface Connection {
  baseUrl: string
  token?: string | TokenSource
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

export interface Sent {
  method?: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
  /** Whether sending it twice is the same as sending it once; so it is for GET. */
  repeatable?: boolean
}

/** Sends a request until there is an answer that counts. */
export type Send = (path: string, sent?: Sent) => Promise<Response>

/** Tries of one request. */
const TRIES = 5
/** The longest pause that a caller is left without a word. */
const LONGEST_PAUSE_MS = 30_000

export function sender({ baseUrl, token, fetch: ask = (url, init) => fetch(url, init) }: Connection): Send {
  const base = baseUrl.replace(/\/+$/, '')
  let held: string | undefined

  const tokenNow = async (refused?: string): Promise<string | undefined> => {
    if (typeof token !== 'function') return token
    if (held === undefined || held === refused) held = await token(refused)
    return held
  }

  const once = async (path: string, { method, body, headers, signal }: Sent, refused?: string): Promise<Response> => {
    const bearer = await tokenNow(refused)
    const response = await ask(base + path, {
      method: method ?? 'GET',
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    // A token that has run out is fetched anew, once.
    const isStale = response.status === 401 && typeof token === 'function' && refused === undefined
    return isStale ? once(path, { method, body, headers, signal }, bearer) : response
  }

  return async (path, sent = {}) => {
    const { signal, method = 'GET', repeatable = method === 'GET' } = sent
    for (let tried = 1; ; tried++) {
      let error: CreError
      try {
        const response = await once(path, sent)
        if (response.ok) return response
        error = await problemOf(response)
      } catch (cause) {
        signal?.throwIfAborted()
        error = new CreError({ code: 'NETWORK', detail: 'the gateway does not answer' }, { cause })
      }
      const pause = pauseAfter(error, tried)
      if (!repeatable || tried === TRIES || pause === undefined) throw error
      await sleep(pause, signal)
    }
  }
}

/** How long to wait before the same is sent again; undefined where that makes no sense. */
function pauseAfter({ code, httpStatus, mintId, retryAfterSeconds }: CreError, tried: number): number | undefined {
  // An open breaker takes minutes, and a problem that names a mint is the mint's end.
  const isPassing = httpStatus === undefined || httpStatus === 429 || httpStatus === 503
  if (!isPassing || code === 'CIRCUIT_OPEN' || mintId !== undefined) return undefined
  if (retryAfterSeconds === undefined) return jitter(500 * 2 ** tried)
  return retryAfterSeconds * 1_000 <= LONGEST_PAUSE_MS ? retryAfterSeconds * 1_000 : undefined
}

async function problemOf(response: Response): Promise<CreError> {
  const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  const context = {
    httpStatus: response.status,
    ...(retryAfter >= 0 && { retryAfterSeconds: retryAfter }),
  }
  const text = await response.text().catch(() => '')
  let problem: Partial<ProblemMembers> | null = null
  try {
    problem = JSON.parse(text)
  } catch {
    // A page of somebody in between.
  }
  if (typeof problem?.code === 'string') return new CreError(problem as ProblemMembers, context)
  return new CreError(
    { code: 'UNREADABLE', detail: `the answer with status ${response.status} is no problem` },
    context,
  )
}

/** Somewhere between half of it and all of it. */
export const jitter = (ms: number): number => ms * (0.5 + Math.random() / 2)

/** Waits; rejects with the signal's reason when it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
