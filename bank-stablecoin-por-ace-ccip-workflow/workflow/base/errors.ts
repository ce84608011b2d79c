// Turns errors into one sentence.
import { isCapabilityExecutionError } from '@chainlink/cre-sdk'
import type { ZodError } from 'zod'

/** The first problem zod found, as `field: what is wrong`. */
export function firstIssue(error: ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'unknown problem'
  if (issue.code === 'unrecognized_keys') return `unknown field ${issue.keys.join(', ')}`
  const field = issue.path.join('.')
  if (issue.code === 'invalid_type' && issue.received === 'undefined') return `${field} is missing`
  return field === '' ? issue.message : `${field} ${lowerFirst(issue.message)}`
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (isCapabilityExecutionError(error)) return error.detail
  return error instanceof Error ? error.message : String(error)
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
