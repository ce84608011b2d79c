// Ends a run whose guests take more memory than a DON would give them.
import { HostError } from '../base/errors'
import type { Limits } from '../base/limits'

/** How often the process is looked at, in milliseconds. */
const EVERY_MILLIS = 25

/** What the runs that are under way may take together, by run. */
const allowances = new Set<{ bytes: number }>()
/** The process before the first of them. */
let bytesBefore = 0

/**
 * QuickJS keeps each guest to its own memory; what Bun's guests take can be seen of the process only, and all of them do the
 * same. Rejects once the process has grown by more than all guests of all its runs together may use.
 */
export function watchMemory(params: { guests: number; limits: Limits }): {
  exceeded: Promise<never>
  stop: () => void
} {
  const { guests, limits } = params
  const allowance = { bytes: guests * limits.guestMemoryBytes }
  if (allowances.size === 0) bytesBefore = process.memoryUsage.rss()
  allowances.add(allowance)
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined)
  const timer = setInterval(() => {
    const allowed = [...allowances].reduce((sum, { bytes }) => sum + bytes, bytesBefore)
    if (process.memoryUsage.rss() <= allowed) return
    reject(new HostError('NODES_FAILED', `the workflow uses more than ${limits.guestMemoryBytes} bytes of memory`))
  }, EVERY_MILLIS)
  const stop = (): void => {
    clearInterval(timer)
    allowances.delete(allowance)
  }
  return { exceeded: promise, stop }
}
