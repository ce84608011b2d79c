/**
 * One idempotency key for each intent: written before the request is sent, found again after a reload and in another
 * tab, dropped when the end of its mint was read.
 */
import type { IntentStore } from './store'
import type { MintRequest } from './types'

/** What is kept of an intent. */
export interface Intent {
  key: string
  order: MintRequest
  /** Once the gateway has said it. */
  mintId?: string
}

export interface Intents {
  /** The intent of this name; made now where there is none. */
  open(name: string, order: MintRequest): Promise<Intent>
  find(name: string): Promise<Intent | undefined>
  /** Remembers the mint, or forgets an intent whose mint has ended. */
  settle(name: string, key: string, mintId?: string): Promise<void>
  forget(name: string): Promise<void>
}

/** 128 random bits; `crypto.randomUUID` is missing on pages that came over plain HTTP. */
export function newKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}

export function intentsIn(store: IntentStore, scope: string): Intents {
  const nameOf = (name: string): string => `${scope} ${name}`
  const find = async (name: string): Promise<Intent | undefined> => {
    const text = await store.get(nameOf(name))
    return text ? JSON.parse(text) : undefined
  }
  const write = async (name: string, intent: Intent): Promise<Intent> => {
    await store.set(nameOf(name), JSON.stringify(intent))
    return intent
  }
  const forget = async (name: string): Promise<void> => {
    await store.delete(nameOf(name))
  }
  return {
    find,
    forget,
    open: (name, order) =>
      // The order as it was asked for last: if the key has another mint already, the gateway says so.
      alone(nameOf(name), async () => write(name, { ...((await find(name)) ?? { key: newKey() }), order })),
    async settle(name, key, mintId) {
      const found = await find(name)
      if (found?.key !== key) return
      if (!mintId) await forget(name)
      else if (found.mintId !== mintId) await write(name, { ...found, mintId })
    },
  }
}

let turn: Promise<unknown> = Promise.resolve()

/** Runs alone in all tabs, where the browser has locks (a page over plain HTTP has none); else in this program. */
function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (globalThis.navigator?.locks) return navigator.locks.request(`cre:${name}`, work) as Promise<T>
  const mine = turn.then(work)
  turn = mine.catch(() => {})
  return mine
}
