// Tells what an endpoint's JSON-RPC error means: each provider has codes and words of its own.

/** What an error says: no to the question, or something about the endpoint. */
export type ErrorMeaning =
  | { kind: 'refused' }
  /** It was asked too much; `waitMillis` is how long it wants to be left alone, 0 when it does not say. */
  | { kind: 'busy'; waitMillis: number }
  /** It does not know a block that others have: one of several machines is behind. */
  | { kind: 'behind' }

/** A JSON-RPC error as it came. */
export type ErrorAnswer = { code: number; message: string; data: unknown }

/** The code of a call that reverted (geth, and those who follow it): a contract's own words may be any. */
const REVERTED = 3
/** Infura's and Chainstack's code for too much, be it calls or logs. */
const LIMIT_EXCEEDED = -32_005
/** An HTTP status (Alchemy), and the codes of other providers. */
const TOO_MANY_CALLS = new Set([429, -32_097, -32_029])
/** A block that is not known, as the specification has it; Besu and Erigon send it. */
const UNKNOWN_BLOCK = -39_001
const ABOUT_CALLS =
  /rate limit|rate exceeded|too many requests|request limit|credits limited|capacity|request count exceeded/i
/** About the size of one question, not about the number of questions. */
const ABOUT_SIZE = /results|range|query timeout|response size|blocks/i
const ABOUT_BLOCK = /header not found|unknown block|block not found/i

/** What a JSON-RPC error means. */
export function meaningOf({ code, message, data }: ErrorAnswer): ErrorMeaning {
  if (code === REVERTED || (typeof data === 'string' && data.startsWith('0x'))) return { kind: 'refused' }
  if (code === UNKNOWN_BLOCK || ABOUT_BLOCK.test(message)) return { kind: 'behind' }
  const isBusy = TOO_MANY_CALLS.has(code) || ABOUT_CALLS.test(message)
  if (isBusy || (code === LIMIT_EXCEEDED && !ABOUT_SIZE.test(message))) {
    return { kind: 'busy', waitMillis: waitOf(message, data) }
  }
  return { kind: 'refused' }
}

/** How long it wants to be left alone: in its data (Infura), or in its words. */
function waitOf(message: string, data: unknown): number {
  const seconds = (data as { rate?: { backoff_seconds?: unknown } } | null | undefined)?.rate?.backoff_seconds
  if (typeof seconds === 'number' && seconds >= 0) return seconds * 1_000
  const [, count, unit] = /\bin (\d{1,6})\s?(ms|s)\b/.exec(message) ?? []
  return Number(count ?? 0) * (unit === 's' ? 1_000 : 1)
}
