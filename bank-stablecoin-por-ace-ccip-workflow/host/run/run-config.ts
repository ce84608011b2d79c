// Reads a run's configuration, and refuses one that changes more than the basket.
import { HostError } from '../base/errors'
import type { FileContent } from './settings'

/** The only fields a run may set for itself; everything else decides whom the nodes trust. */
const FREE_FIELDS = ['stablecoinAddress', 'mintingConsumerAddress']

/** A JSON file of the run: its bytes, and what they say. */
export type JsonFile = { bytes: Uint8Array; json: Record<string, unknown> }

/** Parses a file that holds a JSON object; throws CONFIG_REFUSED. */
export function parseJsonObject(content: FileContent, what: string): JsonFile {
  if (typeof content === 'string') throw new HostError('FILES_UNAVAILABLE', `${what} cannot be read`)
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(content))
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not an object')
    return { bytes: content, json: json as Record<string, unknown> }
  } catch {
    throw new HostError('CONFIG_REFUSED', `${what} is no JSON object`)
  }
}

/**
 * Refuses a run configuration that differs from the base in anything but the basket: whoever can write run directories
 * must not be able to point honest nodes at a reserve source of his own.
 */
export function assertOnlyBasketDiffers(params: { base: JsonFile['json']; run: JsonFile['json'] }): void {
  const { base, run } = params
  const fields = new Set([...Object.keys(base), ...Object.keys(run)])
  for (const field of [...fields].sort()) {
    if (FREE_FIELDS.includes(field)) continue
    if (canonical(base[field]) === canonical(run[field])) continue
    throw new HostError(
      'CONFIG_REFUSED',
      `the run configuration changes ${field}; a run may set ${FREE_FIELDS.join(' and ')} only`,
    )
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
