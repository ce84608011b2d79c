// Puts what goes wrong into words of the workflow's own.
import { isCapabilityExecutionError } from '@chainlink/cre-sdk'
import type { ZodError } from 'zod'

/** A failure in a sentence of ours; only such sentences leave the workflow. */
export class WorkflowFailure extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.name = 'WorkflowFailure'
  }
}

/** Codes of the SDK's capability errors that say what the matter is. */
const DEADLINE_EXCEEDED = 4
/** A field's name that may be repeated in a sentence. */
const PLAIN_NAME = /^[A-Za-z0-9_]{1,40}$/
const KINDS: Record<string, string> = { string: 'text', number: 'a number', object: 'an object', array: 'a list' }

/** Wraps a handler: what it throws is a sentence of ours. Others' words (of engine, SDK and libraries) go to the console. */
export function inOwnWords<Args extends unknown[], Result>(
  handle: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => {
    try {
      return handle(...args)
    } catch (error) {
      if (error instanceof WorkflowFailure) throw error
      tellOperator(messageOf(error))
      throw new WorkflowFailure(sentenceOf(error))
    }
  }
}

/** Whether a capability of the DON gave up waiting. */
export function isTimeout(error: unknown): boolean {
  return isCapabilityExecutionError(error) && error.code === DEADLINE_EXCEEDED
}

/** The first problem zod found, as `field what is wrong`; it never repeats a value. */
export function firstIssue(error: ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'has an unknown problem'
  const field = issue.path.join('.')
  const said = (problem: string): string => (field === '' ? problem : `${field} ${problem}`)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.every((key) => PLAIN_NAME.test(key))
        ? `unknown field ${issue.keys.join(', ')}`
        : said('has an unknown field')
    case 'invalid_type':
      return said(issue.received === 'undefined' ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`)
    case 'invalid_enum_value':
    case 'invalid_union_discriminator':
      return said(`is none of ${issue.options.join(', ')}`)
    case 'invalid_literal':
      return said(`must be ${String(issue.expected)}`)
    default:
      return said(field === '' ? issue.message : lowerFirst(issue.message))
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (isCapabilityExecutionError(error)) return error.detail
  return error instanceof Error ? error.message : String(error)
}

function sentenceOf(error: unknown): string {
  if (isTimeout(error)) return 'TIMED_OUT: a capability of the DON did not answer in time'
  if (isCapabilityExecutionError(error)) return 'CAPABILITY_FAILED: a capability of the DON did not do its part'
  return 'UNEXPECTED: the workflow met something that it does not know'
}

/** The console belongs to the node's operator; the workflow's log does not. */
function tellOperator(text: string): void {
  const { console } = globalThis as { console?: { error: (text: string) => void } }
  console?.error(text)
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
