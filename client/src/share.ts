/** One of all tabs has the connection; the others hear from it what it hears. */

export interface Line {
  /** Tells the other tabs. */
  post(message: unknown): void
  close(): void
}

/**
 * Joins the tabs of a name. `lead` begins what only the leader does, and answers with what ends it: at once where tabs
 * cannot be told from each other (`name` is undefined, or the browser has no locks), else when no other leads any more.
 */
export function join(
  name: string | undefined,
  lead: (signal: AbortSignal) => () => void,
  hear: (message: unknown) => void,
): Line {
  const over = new AbortController()
  const { signal } = over
  const begin = (): Promise<void> =>
    new Promise((done) => {
      const end = lead(signal)
      signal.addEventListener('abort', () => {
        end()
        done()
      })
    })
  let channel: BroadcastChannel | undefined
  if (name && globalThis.navigator?.locks) {
    channel = new BroadcastChannel(name)
    channel.onmessage = ({ data }) => hear(data)
    navigator.locks.request(name, { signal }, begin).catch(() => {})
  } else void begin()
  return {
    post: (message) => channel?.postMessage(message),
    close() {
      over.abort()
      channel?.close()
    },
  }
}
