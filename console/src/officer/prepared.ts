/** A call of a contract that somebody may sign, here or elsewhere. */
export interface PreparedCall {
  /** What it does, as a sentence without a full stop. */
  what: string
  to: string
  data: string
  /** Who may send it; null where nobody can say before it is tried. */
  signer: string | null
  /** Whether it can only pass after the call before it. */
  needsPrevious: boolean
}
