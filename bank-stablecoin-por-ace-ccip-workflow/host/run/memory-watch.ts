// Ends a run whose guests take more memory than a DON would give them.
import { HostError } from '../base/errors'
import type { Limits } from '../base/limits'

/** How often the process is looked at, in milliseconds. */
const EVERY_MILLIS = 25

/** What the guests of the DONs that are open may take together. */
const allowances = new Set<{ bytes: number }>()
/** Runs that are under way, and the process before the first of them. */
let running = 0
let bytesBefore = 0

/** The memory of a DON's guests. */
export type GuestMemory = {
  /** For a run: rejects once the process has grown by more than all guests of all its DONs together may take. */
  watch: () => { exceeded: Promise<never>; stop: () => void }
  /** The guests are gone. */
  close: () => void
}

/**
 * Allows the guests of a DON, which are about to be loaded, their memory. QuickJS keeps each of them to its own; what Bun's
 * take can be seen of the process only, and all of them do the same.
 */
export function allowMemory(params: { guests: number; limits: Limits }): GuestMemory {
  const { guests, limits } = params
  const allowance = { bytes: guests * limits.guestMemoryBytes }
  allowances.add(allowance)
  return {
    watch() {
      if (running === 0) bytesBefore = process.memoryUsage.rss()
      running++
      const { promise, reject } = Promise.withResolvers<never>()
      promise.catch(() => undefined)
      const timer = setInterval(() => {
        const allowed = [...allowances].reduce((sum, { bytes }) => sum + bytes, bytesBefore)
        if (process.memoryUsage.rss() <= allowed) return
        reject(new HostError('NODES_FAILED', `the workflow uses more than ${limits.guestMemoryBytes} bytes of memory`))
      }, EVERY_MILLIS)
      const stop = (): void => {
        clearInterval(timer)
        running--
      }
      return { exceeded: promise, stop }
    },
    close: () => void allowances.delete(allowance),
  }
}
