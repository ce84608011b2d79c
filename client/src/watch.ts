/**
 * Follows mints for all who want to know, over one stream in all tabs. An event only says that there is something to read;
 * what listeners are told is always the mint as the gateway shows it, so a missed or late event can do no harm, and while
 * no stream gets through, the same is read every few seconds.
 */
import type { CreError } from './error'
import { type Send, jitter } from './http'
import { type Line, join } from './share'
import { keepOpen } from './stream'
import type { Mint, MintStatus } from './types'

/** Hears the states of a mint, or why it cannot be read. */
export type MintListener = (mint: Mint | undefined, error?: CreError) => void

export interface Watcher {
  /** Hears of the mint until the answer is called. */
  watch(id: string, listener: MintListener): () => void
  /** A state that somebody has read. */
  note(mint: Mint): void
  read(id: string, signal?: AbortSignal): Promise<Mint>
}

type Message = { ask: true } | { want: string[] } | { mint: Mint }

/** The gateway's limit of one stream. */
const MINTS_A_STREAM = 100

/** Whether nothing more happens to such a mint by itself. */
export function hasEnded({ status }: { status: MintStatus }): boolean {
  return status === 'finalized' || status === 'rejected' || status === 'failed' || status === 'cancelled'
}

export function mintWatcher(send: Send, shareName: string | undefined, pollMs: number): Watcher {
  const listeners = new Map<string, Set<MintListener>>()
  /** What other tabs want, while this one leads. */
  const others = new Set<string>()
  const known = new Map<string, Mint>()
  /** What is being read; true: and once more. */
  const reading = new Map<string, boolean>()
  let line: Line | undefined
  /** While this tab leads. */
  let reopen: (() => void) | undefined

  const read: Watcher['read'] = async (id, signal) => {
    const response = await send(`/mints/${encodeURIComponent(id)}`, { signal })
    return response.json()
  }

  const tell = (mint: Mint): void => {
    const id = mint.mintId
    const before = known.get(id)
    if (before && (mint.updatedAt < before.updatedAt || JSON.stringify(mint) === JSON.stringify(before))) return
    if (listeners.has(id) || others.has(id)) known.set(id, mint)
    if (hasEnded(mint)) others.delete(id)
    for (const listener of [...(listeners.get(id) ?? [])]) listener(mint)
  }

  const post = (message: Message): void => line?.post(message)

  const refresh = async (id: string): Promise<void> => {
    if (reading.has(id)) return void reading.set(id, true)
    do {
      reading.set(id, false)
      try {
        const mint = await read(id)
        if (reopen) post({ mint })
        tell(mint)
      } catch (error) {
        const { httpStatus = 0 } = error as CreError
        // Anything else passes: the next look will tell.
        if (httpStatus < 400 || httpStatus > 499 || httpStatus === 429) continue
        others.delete(id)
        for (const listener of [...(listeners.get(id) ?? [])]) listener(undefined, error as CreError)
      }
    } while (reading.get(id))
    reading.delete(id)
  }

  const followed = (): string[] =>
    [...new Set([...listeners.keys(), ...others])].filter((id) => {
      const mint = known.get(id)
      return !mint || !hasEnded(mint)
    })

  const lead = (signal: AbortSignal): Promise<void> =>
    new Promise((done) => {
      let isHeard = false
      let streamed: string[] = []
      let opening: string[] = []
      const poll = setInterval(() => {
        for (const id of followed()) if (!isHeard || !streamed.includes(id)) void refresh(id)
      }, jitter(pollMs))
      let planned: ReturnType<typeof setTimeout> | undefined
      const open = keepOpen({
        send,
        signal,
        path() {
          opening = followed().slice(0, MINTS_A_STREAM)
          return opening.length > 0
            ? `/mints/events?${opening.map((id) => `id=${encodeURIComponent(id)}`).join('&')}`
            : undefined
        },
        onOpen() {
          // What happened to these while no stream had them is not told again.
          for (const id of opening) if (!streamed.includes(id)) void refresh(id)
          streamed = opening
        },
        onBytes: () => (isHeard = true),
        onDown: () => (isHeard = false),
        onEvent({ mintId, kind, at }) {
          const before = mintId ? known.get(mintId) : undefined
          if (mintId && kind !== 'mint.steps' && !(before && at < before.updatedAt)) void refresh(mintId)
        },
      })
      reopen = () =>
        (planned ??= setTimeout(() => {
          planned = undefined
          if (followed().some((id) => !streamed.includes(id))) open()
        }, 20))
      post({ ask: true })
      signal.addEventListener('abort', () => {
        clearInterval(poll)
        clearTimeout(planned)
        reopen = undefined
        others.clear()
        done()
      })
    })

  const hear = (message: unknown): void => {
    const said = message as Message
    if ('ask' in said) post({ want: [...listeners.keys()] })
    else if ('mint' in said) tell(said.mint)
    else if (reopen) {
      for (const id of said.want) others.add(id)
      reopen()
    }
  }

  return {
    read,
    note: tell,
    watch(id, listener) {
      const own = listeners.get(id) ?? new Set()
      listeners.set(id, own.add(listener))
      line ??= join(shareName && `${shareName} mints`, lead, hear)
      post({ want: [id] })
      reopen?.()
      const mint = known.get(id)
      if (mint) listener(mint)
      void refresh(id)
      return () => {
        own.delete(listener)
        if (own.size > 0 || listeners.get(id) !== own) return
        listeners.delete(id)
        if (!others.has(id)) known.delete(id)
        if (listeners.size > 0) return
        line?.close()
        line = undefined
      }
    },
  }
}
