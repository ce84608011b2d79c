// Ends a run whose guests take more memory than a DON would give them.
import { HostError } from '../base/errors'
import type { Limits } from '../base/limits'

/** How often the process is looked at, in milliseconds. */
const EVERY_MILLIS = 25

/**
 * QuickJS keeps each guest to its own memory; what Bun's guests take can be seen of the process only, and all of them do the
 * same. Rejects once the process has grown by more than all guests together may use.
 */
export function watchMemory(params: { guests: number; limits: Limits }): {
  exceeded: Promise<never>
  stop: () => void
} {
  const { guests, limits } = params
  const allowed = process.memoryUsage.rss() + guests * limits.guestMemoryBytes
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined)
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() <= allowed) return
    reject(new HostError('NODES_FAILED', `the workflow uses more than ${limits.guestMemoryBytes} bytes of memory`))
  }, EVERY_MILLIS)
  return { exceeded: promise, stop: () => clearInterval(timer) }
}
