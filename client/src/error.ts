/** What goes wrong, as one class of errors that a `switch` over `code` takes apart. */
import type { Mint, Problem, ProblemCode } from './types'

/**
 * A problem of the gateway, or one of the two that only the client can have: `NETWORK` (nobody answered) and
 * `UNREADABLE` (the answer is none of the gateway's, for example a proxy's page).
 */
export type ErrorCode = ProblemCode | 'NETWORK' | 'UNREADABLE'

/** The members of a problem; of a mint that ended unminted only those that its end has. */
export type ProblemMembers<C extends ErrorCode = ErrorCode> = Partial<Omit<Problem, 'code'>> & { code: C }

/** An error with a code, which says what the problem has beside it. */
export interface CreErrorOf<C extends ErrorCode> extends Error {
  readonly name: 'CreError'
  /** Stable. A gateway that is newer than this client may have codes that are not listed: have a `default`. */
  readonly code: C
  readonly problem: ProblemMembers<C>
  /** Status of the answer; undefined where nobody answered, and where a mint's end is the problem. */
  readonly httpStatus: number | undefined
  /** The mint that it is about. */
  readonly mintId: string | undefined
  /** Seconds that the gateway asks to wait. */
  readonly retryAfterSeconds: number | undefined
}

/** A union over the codes: `error.code === 'POR_STALE'` narrows it. */
export type CreError = { [C in ErrorCode]: CreErrorOf<C> }[ErrorCode]

/** What is known beside the problem. */
export interface ErrorContext {
  httpStatus?: number | undefined
  retryAfterSeconds?: number | undefined
  cause?: unknown
}

class Thrown extends Error {
  override readonly name = 'CreError'

  constructor(problem: ProblemMembers, context: ErrorContext = {}) {
    const { code, detail, mintId } = problem
    super(detail ?? code, context)
    Object.assign(this, context, { problem, code, mintId: mintId ?? undefined })
  }
}

export const CreError = Thrown as unknown as {
  new (problem: ProblemMembers, context?: ErrorContext): CreError
  readonly prototype: CreError
}

/** The error of a mint that ended without being minted. */
export function endOf(mint: Mint): CreError {
  const { status, code = 'CANCELLED', error } = mint
  const detail = error ?? `the mint was ${status}`
  return new CreError({ ...mint, status: undefined, code, detail, error: detail, mintStatus: status })
}
