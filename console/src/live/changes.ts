/** What happens at the gateway, told to whoever shows it. */
import { signal } from '@preact/signals'
import type { GatewayEvent } from '../base/types'

/** `undefined` where nobody can say what: then everything may have. */
type Listener = (event: GatewayEvent | undefined) => void

const listeners = new Set<Listener>()

/** When the gateway was last heard, in milliseconds. */
export const heardAt = signal(Date.now())

/** Whether what is shown follows the gateway: by its stream, by asking now and then, or not at all any more. */
export const following = signal<'connecting' | 'stream' | 'asking' | 'lost'>('connecting')

export function onChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function tell(event: GatewayEvent | undefined): void {
  for (const listener of listeners) listener(event)
}
