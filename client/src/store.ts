/** Where intents are kept between the request and its end. */

/** Any place for small texts by name. What it holds must be written when `set` is done. */
export interface IntentStore {
  get(name: string): string | null | undefined | Promise<string | null | undefined>
  set(name: string, value: string): unknown
  delete(name: string): unknown
}

/** How long the browser keeps an intent whose end nobody read; a mint request ends within a day. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1_000

/** Keeps them as long as the program runs. */
export const memoryStore = (): IntentStore => new Map<string, string>()

/** Keeps them in the browser's `localStorage`: over reloads, for all tabs, each for a week after it was written. */
export function localStore(prefix = 'cre:'): IntentStore {
  return {
    get: (name) => localStorage.getItem(prefix + name)?.replace(/^\d+ /, ''),
    set(name, value) {
      for (const [key, written] of Object.entries(localStorage)) {
        if (key.startsWith(prefix) && Number.parseInt(written, 10) < Date.now() - KEPT_MS) localStorage.removeItem(key)
      }
      localStorage.setItem(prefix + name, `${Date.now()} ${value}`)
    },
    delete: (name) => localStorage.removeItem(prefix + name),
  }
}

/** A page keeps intents in `localStorage`, any other program, and a page that may store nothing, in memory. */
export function defaultStore(): IntentStore {
  try {
    if (document && localStorage) return localStore()
  } catch {
    // No page, or none that may store anything.
  }
  return memoryStore()
}
