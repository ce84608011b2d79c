// Reads a run's configuration, and refuses one that changes more than the basket.
import { readFileSync } from 'node:fs'
import { HostError } from '../base/errors'

/** The only fields a run may set for itself; everything else decides whom the nodes trust. */
const FREE_FIELDS = ['stablecoinAddress', 'mintingConsumerAddress']

/** A JSON file of the run: its bytes, and what they say. */
export type JsonFile = { bytes: Uint8Array; json: Record<string, unknown> }

/** Reads a JSON object from a file; throws CONFIG_REFUSED. */
export function readJsonObject(file: string, what: string): JsonFile {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch {
    throw new HostError('FILES_UNAVAILABLE', `${what} cannot be read`)
  }
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('not an object')
    return { bytes, json: json as Record<string, unknown> }
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
