// Takes the basket out of a run's configuration, and refuses one that changes anything else of the deployed one.
import { isAddress } from 'viem'
import { HostError } from '../base/errors'
import { parseQuietly } from '../base/json'
import type { FileContent } from './settings'

/**
 * The only fields that a run adds to the deployed configuration, which no node gets to see: they name the basket of a
 * payload that names none.
 */
const BASKET_FIELDS = ['stablecoinAddress', 'mintingConsumerAddress'] as const
/** What a payload calls the same. */
const PAYLOAD_FIELDS = ['stablecoin', 'consumer'] as const

/** A JSON file: its bytes, and what they say. */
export type JsonFile = { bytes: Uint8Array; json: Record<string, unknown> }

/** The basket that a run's configuration names, as a payload names it. */
export type NamedBasket = Record<(typeof PAYLOAD_FIELDS)[number], string>

/** Parses a file that holds a JSON object; throws CONFIG_REFUSED. */
export function parseJsonObject(content: FileContent, what: string): JsonFile {
  if (typeof content === 'string') throw new HostError('FILES_UNAVAILABLE', `${what} cannot be read`)
  const json = objectOf(content)
  if (json === undefined) throw new HostError('CONFIG_REFUSED', `${what} is no JSON object`)
  return { bytes: content, json }
}

/**
 * The basket that a run's configuration names beside the deployed one, if it does. Any other difference is refused: whoever
 * can write run directories must not be able to point honest nodes at a reserve source of his own.
 */
export function basketOfRun(params: { deployed: JsonFile['json']; run: JsonFile['json'] }): NamedBasket | undefined {
  const { deployed, run } = params
  const fields = new Set([...Object.keys(deployed), ...Object.keys(run)])
  for (const field of [...fields].sort()) {
    if (isBasketField(field) || canonical(deployed[field]) === canonical(run[field])) continue
    throw new HostError(
      'CONFIG_REFUSED',
      `the run configuration changes ${field} of the deployed one; a run may add ${BASKET_FIELDS.join(' and ')} only`,
    )
  }
  const [stablecoin, consumer] = BASKET_FIELDS.map((field) => run[field])
  if (stablecoin === undefined && consumer === undefined) return undefined
  for (const [index, value] of [stablecoin, consumer].entries()) {
    if (isAddressText(value)) continue
    throw new HostError('CONFIG_REFUSED', `the run configuration's ${BASKET_FIELDS[index]} is no address`)
  }
  return { stablecoin: String(stablecoin), consumer: String(consumer) }
}

/**
 * The payload with which the trigger fires. One that names no basket gets that of the run's configuration; one that names
 * another is refused. What is no JSON object is left as it is, for the workflow to refuse.
 */
export function payloadFor(basket: NamedBasket | undefined, payload: FileContent): FileContent {
  const json = basket === undefined || typeof payload === 'string' ? undefined : objectOf(payload)
  if (basket === undefined || json === undefined) return payload
  if (PAYLOAD_FIELDS.every((field) => json[field] === undefined)) {
    return new TextEncoder().encode(JSON.stringify({ ...json, ...basket }))
  }
  for (const field of PAYLOAD_FIELDS) {
    const named = json[field]
    if (!isAddressText(named) || named.toLowerCase() === basket[field].toLowerCase()) continue
    throw new HostError(
      'CONFIG_REFUSED',
      `the payload's ${field} is ${named}, the run configuration names ${basket[field]}`,
    )
  }
  return payload
}

function isBasketField(field: string): boolean {
  return BASKET_FIELDS.some((name) => name === field)
}

function isAddressText(value: unknown): value is string {
  return typeof value === 'string' && isAddress(value, { strict: false })
}

function objectOf(content: Uint8Array): JsonFile['json'] | undefined {
  const json = parseQuietly(new TextDecoder().decode(content))
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonFile['json']) : undefined
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
