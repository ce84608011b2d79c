// Reads the fields of a source's JSON, strictly.
import { type Decimal, parseDecimal } from '../../base/decimal'
import { UnexpectedEnd, parseExactJson } from '../../base/exact-json'
import { isOneLine } from '../../base/one-line'
import { parseIsoSeconds } from '../../base/timestamp'
import { refuse } from '../source/source-error'

const NEGATIVE = /^-\d/
const MAX_NAME = 128

/** A number of a source's JSON, as the text that was sent. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** An object of a source's JSON. */
export type JsonObject = Record<string, unknown>

/** What one answer says: an amount in the source's unit, and the source's own time in unix seconds. */
export type Reading = { accountName: string; amount: Decimal; observedAt: number }

/** Reads the JSON object that an answer, or a signed part of it, has to be. */
export function objectOf(body: string): JsonObject {
  const text = body.trim()
  if (text === '') refuse('EMPTY_ANSWER')
  if (text.startsWith('<')) refuse('HTML_ANSWER')
  let parsed: unknown
  try {
    parsed = parseExactJson(text, (number) => new JsonNumber(number))
  } catch (error) {
    // Cut inside a number or a word, the rest is no JSON before its end is reached.
    const cut = error instanceof UnexpectedEnd || !text.endsWith('}')
    refuse(text.startsWith('{') && cut ? 'TRUNCATED' : 'NOT_JSON')
  }
  return isObject(parsed) ? parsed : refuse('FIELD_TYPE')
}

/** A field that has to be there. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : refuse('FIELD_MISSING')
}

/** A field that holds text, not empty. */
export function text(object: JsonObject, name: string): string {
  const value = field(object, name)
  return typeof value === 'string' && value !== '' ? value : refuse('FIELD_TYPE')
}

/** A field that names who holds or attests the reserve; people read it in logs, so it must not break out of a line. */
export function accountName(object: JsonObject, name: string): string {
  const value = text(object, name)
  return value.length <= MAX_NAME && isOneLine(value) ? value : refuse('ACCOUNT_NAME_INVALID')
}

/** A field that holds a list of objects. */
export function objects(object: JsonObject, name: string): JsonObject[] {
  const value = field(object, name)
  return Array.isArray(value) && value.every(isObject) ? value : refuse('FIELD_TYPE')
}

/** A field that holds a non-negative amount, in the JSON form or forms the dialect sends. */
export function amount(object: JsonObject, name: string, form: 'number' | 'string' | 'either'): Decimal {
  const value = field(object, name)
  if (typeof value === 'string' ? form === 'number' : !(value instanceof JsonNumber) || form === 'string') {
    refuse('FIELD_TYPE')
  }
  const sent = value instanceof JsonNumber ? value.text : (value as string)
  if (NEGATIVE.test(sent)) refuse('AMOUNT_NEGATIVE')
  return parseDecimal(sent) ?? refuse('AMOUNT_UNREADABLE')
}

/** A field that holds an ISO 8601 time, as unix seconds. */
export function time(object: JsonObject, name: string): number {
  return parseIsoSeconds(text(object, name)) ?? refuse('TIME_UNREADABLE')
}

/**
 * The auditor's emergency stop, which has to be there and down. Its details have to be there too, as a list or an object
 * of flags, and must not name a reason: an auditor who contradicts himself is not believed.
 */
export function assertNoRipcord(object: JsonObject, details: 'list' | 'flags' | 'none'): void {
  const ripcord = object['ripcord']
  if (ripcord === true) refuse('RIPCORD_PULLED')
  if (ripcord !== false) refuse('RIPCORD_UNREADABLE')
  if (details === 'none') return
  const reasons = field(object, 'ripcordDetails')
  if (details === 'list') {
    if (!Array.isArray(reasons)) refuse('FIELD_TYPE')
    if (reasons.length > 0) refuse('RIPCORD_CONTRADICTORY')
    return
  }
  if (!isObject(reasons)) refuse('FIELD_TYPE')
  const flags = Object.keys(reasons)
    .sort()
    .map((name) => reasons[name])
  if (flags.some((flag) => flag === true)) refuse('RIPCORD_CONTRADICTORY')
  if (!flags.every((flag) => flag === false)) refuse('FIELD_TYPE')
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
}
