/** One of all tabs has the connection; the others hear from it what it hears. */

export interface Line {
  /** Tells the other tabs. */
  post(message: unknown): void
  close(): void
}

/**
 * Joins the tabs of a name. `lead` runs while this one is the leader: at once where tabs cannot be told from each other
 * (`name` is undefined, or the browser has no locks), else when no other leads any more.
 */
export function join(
  name: string | undefined,
  lead: (signal: AbortSignal) => Promise<void>,
  hear: (message: unknown) => void,
): Line {
  const over = new AbortController()
  const { signal } = over
  const isShared = name !== undefined && globalThis.navigator?.locks && typeof BroadcastChannel === 'function'
  if (!isShared) {
    void lead(signal)
    return { post: () => {}, close: () => over.abort() }
  }
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }) => hear(data)
  navigator.locks.request(name, { signal }, () => lead(signal)).catch(() => {})
  return {
    post: (message) => channel.postMessage(message),
    close() {
      over.abort()
      channel.close()
    },
  }
}
