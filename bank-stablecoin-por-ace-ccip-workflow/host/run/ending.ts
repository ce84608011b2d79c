// Writes the last line of a run: its result, or why it has none; both say whether anything was signed.
import type { Hex } from 'viem'
import { HostError, WorkflowError, messageOf } from '../base/errors'
import { type Scrubber, scrubUrls, scrubValue } from '../base/scrub'
import { clip, escapeLine } from '../base/text'
import type { Evidence } from '../don/evidence'

/** How a run ended: its last line, for stdout, or for stderr where there is an error. */
export type RunEnding = { line: string; error?: HostError | WorkflowError }

/** What a run can say about itself, however it ended. */
export type RunAccount = {
  /** False only when no node has signed, or will sign, a report of this run. */
  signed: boolean
  evidence: Evidence
}

const MAX_SENTENCE_BYTES = 500

/** The handler's return value with the execution it belongs to; what the host says outweighs what the workflow says. */
export function resultLine(params: { executionId: Hex; value: unknown; clean: Scrubber } & RunAccount): string {
  const { executionId, value, clean, signed, evidence } = params
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value }
  const cleaned = scrubValue(plain, clean) as Record<string, unknown>
  return JSON.stringify({ ...{ version: 1, executionId, ...cleaned }, executionId, signed, evidence })
}

/**
 * `{"error","code","signed"?,"evidence"?}`: a sentence of the host's or the workflow's own. Without `signed` nothing is
 * known about signatures.
 */
export function failureLine(
  error: unknown,
  about: { clean?: Scrubber; signed?: boolean; evidence?: Evidence } = {},
): string {
  const { clean = scrubUrls, signed, evidence } = about
  const told = toldError(error)
  const code = told instanceof WorkflowError ? 'WORKFLOW_ERROR' : told.code
  return JSON.stringify({ error: clip(escapeLine(clean(told.message)), MAX_SENTENCE_BYTES), code, signed, evidence })
}

/** The error as it is told: ours, or that there was one of others, whose words belong to the journal. */
export function toldError(error: unknown): HostError | WorkflowError {
  if (error instanceof HostError || error instanceof WorkflowError) return error
  return new HostError('HOST_ERROR', 'the host met something that it does not know; its journal has the details')
}

/** The lines of a DON that could not be opened: nothing was run, so nothing was signed. */
export function startFailure(error: unknown): string[] {
  const ours = toldError(error) === error
  const detail = { level: 'error', event: 'start.failed', error: scrubUrls(messageOf(error)) }
  return [...(ours ? [] : [JSON.stringify(detail)]), failureLine(error, { signed: false })]
}
