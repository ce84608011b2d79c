/**
 * One idempotency key for each intent: written before the request is sent, found again after a reload and in another
 * tab, dropped when the end of its mint was read.
 */
import type { IntentStore } from './store'
import type { MintRequest } from './types'

/** What is kept of an intent. */
export interface Intent {
  key: string
  /** When it was written, in milliseconds. */
  at: number
  order: MintRequest
  /** Once the gateway has said it. */
  mintId?: string
}

export interface Intents {
  /** The intent of this name; made now where there is none. */
  open(name: string, order: MintRequest): Promise<Intent>
  find(name: string): Promise<Intent | undefined>
  /** Remembers the mint, or forgets an intent whose mint has ended. */
  settle(name: string, key: string, mintId: string | undefined): Promise<void>
  forget(name: string): Promise<void>
}

/** 128 random bits; `crypto.randomUUID` is missing on pages that came over plain HTTP. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function intentsIn(store: IntentStore, scope: string): Intents {
  const nameOf = (name: string): string => `${scope} ${name}`
  const find = async (name: string): Promise<Intent | undefined> => {
    const text = await store.get(nameOf(name))
    return text ? JSON.parse(text) : undefined
  }
  const write = async (name: string, intent: Intent): Promise<void> => store.set(nameOf(name), JSON.stringify(intent))
  const forget = async (name: string): Promise<void> => store.delete(nameOf(name))
  return {
    find,
    forget,
    open: (name, order) =>
      alone(nameOf(name), async () => {
        const found = await find(name)
        // The order as it was asked for last; that of another mint is refused by the gateway, because the key is its.
        const intent = found ? { ...found, order } : { key: newKey(), at: Date.now(), order }
        await write(name, intent)
        return intent
      }),
    settle: (name, key, mintId) =>
      alone(nameOf(name), async () => {
        const found = await find(name)
        if (found?.key !== key) return
        if (mintId === undefined) await forget(name)
        else if (found.mintId !== mintId) await write(name, { ...found, mintId })
      }),
  }
}

const busy = new Map<string, Promise<unknown>>()

/** Runs alone in all tabs, where the browser has locks (a page over plain HTTP has none); else in this program. */
async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (globalThis.navigator?.locks) return navigator.locks.request(`cre:${name}`, work) as Promise<T>
  const before = busy.get(name)
  const mine = (async () => {
    await before?.catch(() => {})
    return work()
  })()
  busy.set(name, mine)
  try {
    return await mine
  } finally {
    if (busy.get(name) === mine) busy.delete(name)
  }
}
