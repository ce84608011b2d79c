/** Where intents are kept between the request and its end. */

/** Any place for small texts by name. What it holds must be written when `set` is done. */
export interface IntentStore {
  get(name: string): string | null | undefined | Promise<string | null | undefined>
  set(name: string, value: string): void | Promise<void>
  delete(name: string): void | Promise<void>
}

/** How long the browser keeps an intent whose end nobody read; a mint request ends within a day. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1_000

/** Keeps them as long as the program runs. */
export function memoryStore(): IntentStore {
  const kept = new Map<string, string>()
  return {
    get: (name) => kept.get(name),
    set: (name, value) => void kept.set(name, value),
    delete: (name) => void kept.delete(name),
  }
}

/** Keeps them in the browser's `localStorage`: over reloads, for all tabs, each for at most a week. */
export function localStore(prefix = 'cre:'): IntentStore {
  return {
    get: (name) => localStorage.getItem(prefix + name),
    set(name, value) {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(prefix) && writtenAt(localStorage.getItem(key)) < Date.now() - KEPT_MS) {
          localStorage.removeItem(key)
        }
      }
      localStorage.setItem(prefix + name, value)
    },
    delete: (name) => localStorage.removeItem(prefix + name),
  }
}

/** A page keeps intents in `localStorage`, any other program in its memory. */
export function defaultStore(): IntentStore {
  try {
    if (typeof document === 'object' && localStorage) return localStore()
  } catch {
    // A page that may not store anything.
  }
  return memoryStore()
}

function writtenAt(value: string | null): number {
  try {
    return Number(JSON.parse(value ?? '').at)
  } catch {
    return 0
  }
}
