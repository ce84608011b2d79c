// Calls a JSON-RPC endpoint, and tells an endpoint that is unavailable from one that refuses.
import { parseQuietly } from '../base/json'
import { type ErrorAnswer, meaningOf } from './rpc-errors'

/** One JSON-RPC call; rejects with RpcUnavailable or RpcRefused. */
export type Rpc = (method: string, params: unknown[]) => Promise<unknown>

const troubles = {
  UNREACHABLE: 'cannot be reached',
  TIMED_OUT: 'did not answer in time',
  RATE_LIMITED: 'asks to wait',
  BEHIND: 'does not know a block yet',
  HTTP_STATUS: 'answered with an HTTP error',
  NOT_JSON_RPC: 'gave no JSON-RPC answer',
} as const

/** Why an endpoint counts as unavailable. */
export type RpcTrouble = keyof typeof troubles

/** The endpoint gave no answer; the message is a word and a sentence of ours, never what the endpoint or a library says. */
export class RpcUnavailable extends Error {
  constructor(
    readonly trouble: RpcTrouble,
    about = '',
    /** How long the endpoint wants to be left alone, in milliseconds; undefined when it asks for nothing. */
    readonly waitMillis?: number,
  ) {
    super(`${trouble}: the RPC endpoint ${troubles[trouble]}${about === '' ? '' : ` (${about})`}`)
    this.name = 'RpcUnavailable'
  }
}

/** The endpoint answered with an error; the message is the endpoint's, for operators, and decides nothing. */
export class RpcRefused extends Error {
  constructor(
    message: string,
    readonly rpcCode: number,
    readonly data: string,
  ) {
    super(message)
    this.name = 'RpcRefused'
  }

  /** Whether a contract reverted; without revert data the endpoint itself did not want to answer. */
  get isRevert(): boolean {
    return this.rpcCode === REVERTED || HEX.test(this.data)
  }
}

/** The error code of an execution that reverted (geth, and those who follow it). */
const REVERTED = 3
const HEX = /^0x(?:[0-9a-fA-F]{2})*$/
const TOO_MANY_REQUESTS = 429
const SERVICE_UNAVAILABLE = 503
const FIRST_PAUSE_MILLIS = 100
const LONGEST_PAUSE_MILLIS = 2_000

/** For a call with all its tries, in milliseconds. */
export const RPC_TIMEOUT_MILLIS = 10_000

/** How often a call is made whose answer was lost on the way: nothing that is asked, nor a signed transaction, does more for it. */
const TRIES = 3

/**
 * A JSON-RPC endpoint over HTTP. One that asks to wait is asked again, ever more rarely, for as long as a call may take; an
 * answer that was lost is asked for twice more.
 */
export function createRpc(params: { url: string; timeoutMillis: number }): Rpc {
  let id = 0
  return (method, args) => {
    const deadline = performance.now() + params.timeoutMillis
    const call = { id: ++id, method, args }
    let tries = 0
    const ask = (): Promise<unknown> => {
      tries++
      return callOnce({ ...params, deadline, call })
    }
    return repeatedly(ask, {
      deadline,
      isWorth: ({ waitMillis, trouble }) => waitMillis !== undefined || (trouble !== 'TIMED_OUT' && tries < TRIES),
    })
  }
}

/** A number of an endpoint's answer; what is none is no answer. */
export function quantityOf(value: unknown): bigint {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) throw new RpcUnavailable('NOT_JSON_RPC')
  return BigInt(value)
}

/** An endpoint whose troubles are waited out until `deadline` (as performance.now()): for what must not be given up early. */
export function patientRpc(rpc: Rpc, params: { deadline: number; over: AbortSignal }): Rpc {
  const isWorth = (): boolean => !params.over.aborted
  return (method, args) => repeatedly(() => rpc(method, args), { deadline: params.deadline, isWorth })
}

/** Asks until there is an answer; gives up when the next question would come too late. */
async function repeatedly<Answer>(
  ask: () => Promise<Answer>,
  params: { deadline: number; isWorth: (error: RpcUnavailable) => boolean },
): Promise<Answer> {
  for (let pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof RpcUnavailable) || !params.isWorth(error)) throw error
      const millis = Math.max(pause, error.waitMillis ?? 0)
      if (performance.now() + millis >= params.deadline) throw error
      await Bun.sleep(millis)
      if (!params.isWorth(error)) throw error
    }
  }
}

type Call = { id: number; method: string; args: unknown[] }

async function callOnce(params: { url: string; deadline: number; call: Call }): Promise<unknown> {
  const { id, method, args } = params.call
  const { status, retryAfter, text } = await post({
    url: params.url,
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: args }),
    timeoutMillis: Math.max(1, params.deadline - performance.now()),
    method,
  })
  if (status === TOO_MANY_REQUESTS) {
    throw new RpcUnavailable('RATE_LIMITED', method, Math.max(waitOf(retryAfter), waitInBody(text)))
  }
  if (status === SERVICE_UNAVAILABLE)
    throw new RpcUnavailable('HTTP_STATUS', `${status}, ${method}`, waitOf(retryAfter))
  // Some endpoints send their errors with a client error's status; what a proxy or a server in trouble sends is no answer.
  const reply = status < 500 && status !== 401 && status !== 403 ? objectOf(text) : undefined
  const error = reply === undefined ? undefined : errorOf(reply)
  if (error !== undefined) throw failureOf(error, method)
  if (status < 200 || status > 299) throw new RpcUnavailable('HTTP_STATUS', `${status}, ${method}`)
  if (
    reply === undefined ||
    reply['id'] !== id ||
    !Object.hasOwn(reply, 'result') ||
    (reply['error'] ?? null) !== null
  ) {
    throw new RpcUnavailable('NOT_JSON_RPC', method)
  }
  return reply['result']
}

async function post(params: {
  url: string
  body: string
  timeoutMillis: number
  method: string
}): Promise<{ status: number; retryAfter: string | null; text: string }> {
  try {
    const response = await fetch(params.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: params.body,
      signal: AbortSignal.timeout(params.timeoutMillis),
    })
    return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() }
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    throw new RpcUnavailable(late ? 'TIMED_OUT' : 'UNREACHABLE', params.method)
  }
}

function objectOf(text: string): Record<string, unknown> | undefined {
  const json = parseQuietly(text)
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : undefined
}

/** The JSON-RPC error of a reply; undefined when it has none. */
function errorOf(reply: Record<string, unknown>): ErrorAnswer | undefined {
  const { error } = reply as { error?: { code?: unknown; message?: unknown; data?: unknown } | null }
  if (typeof error !== 'object' || error === null || typeof error.code !== 'number') return undefined
  return { code: error.code, message: typeof error.message === 'string' ? error.message : '', data: error.data }
}

/** What is thrown for an error. */
function failureOf(error: ErrorAnswer, method: string): RpcRefused | RpcUnavailable {
  const meaning = meaningOf(error)
  if (meaning.kind === 'busy') return new RpcUnavailable('RATE_LIMITED', method, meaning.waitMillis)
  if (meaning.kind === 'behind') return new RpcUnavailable('BEHIND', method, 0)
  return new RpcRefused(error.message, error.code, dataOf(error.data))
}

/** How long the body of a refusal says that it wants to be left alone; 0 when it does not say. */
function waitInBody(text: string): number {
  const reply = objectOf(text)
  const error = reply === undefined ? undefined : errorOf(reply)
  const meaning = error === undefined ? undefined : meaningOf(error)
  return meaning?.kind === 'busy' ? meaning.waitMillis : 0
}

/** Revert data; some endpoints wrap it once more. */
function dataOf(data: unknown): string {
  if (typeof data === 'string') return data
  const inner = (data as { data?: unknown } | null | undefined)?.data
  return typeof inner === 'string' ? inner : ''
}

/** A Retry-After header in milliseconds: seconds or a date; 0 when there is none. */
function waitOf(retryAfter: string | null): number {
  if (retryAfter === null) return 0
  if (/^\d{1,6}$/.test(retryAfter)) return Number(retryAfter) * 1_000
  const at = Date.parse(retryAfter)
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now())
}
