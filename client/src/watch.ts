/**
 * Follows mints for all who want to know, over one stream in all tabs. An event only says that there is something to read;
 * what listeners are told is always the mint as the gateway shows it, so a missed or late event can do no harm, and while
 * no stream gets through, the same is read every few seconds.
 */
import type { CreError } from './error'
import type { Cancellable, Send } from './http'
import { type Line, join } from './share'
import { keepOpen } from './stream'
import type { Mint, MintStatus } from './types'

/** Hears the states of a mint, or why it cannot be read. */
export type MintListener = (news: Mint | CreError) => void

export interface Watcher {
  /** Hears of the mint until the answer is called. */
  watch(id: string, listener: MintListener): () => void
}

type Message = { ask: true } | { want: string[] } | { mint: Mint } | { gone: string }

/** A read that takes longer is given up: the next look will tell. */
const READ_MS = 10_000
/** The gateway's limit of one stream. */
const MINTS_A_STREAM = 100

/** Whether nothing more happens by itself to a mint in this state. */
export function hasEnded(status: MintStatus | null | undefined): boolean {
  return /^(final|reject|fail|cancel)/.test(`${status}`)
}

export function mintWatcher(
  send: Send,
  read: (id: string, options: Cancellable) => Promise<Mint>,
  shareName: string | undefined,
  pollMs: number,
): Watcher {
  const listeners = new Map<string, Set<MintListener>>()
  /** What other tabs want, while this one leads. */
  const others = new Set<string>()
  const known = new Map<string, Mint>()
  const due = new Set<string>()
  let line: Line | undefined
  /** While this tab leads. */
  let reopen: (() => unknown) | undefined

  const tell = (mint: Mint): void => {
    const id = mint.mintId
    const before = known.get(id)
    if (before && (mint.updatedAt < before.updatedAt || JSON.stringify(mint) === JSON.stringify(before))) return
    known.set(id, mint)
    if (hasEnded(mint.status)) others.delete(id)
    for (const listener of listeners.get(id) ?? []) listener(mint)
    forget(id)
  }
  /** What nobody follows any more may change unseen. */
  const forget = (id: string): void => {
    if (!listeners.has(id) && !others.has(id)) known.delete(id)
  }

  const post = (message: Message): void => line?.post(message)

  /** Reads it soon: several reasons to do so are one. */
  const refresh = (id: string): void => {
    if (due.has(id)) return
    due.add(id)
    setTimeout(async () => {
      due.delete(id)
      try {
        const mint = await read(id, { signal: AbortSignal.timeout(READ_MS) })
        if (reopen) post({ mint })
        tell(mint)
      } catch (error) {
        // Anything but a 4xx passes, and so does 429: the next look will tell.
        if (!/^4(?!29)/.test(`${(error as CreError).httpStatus}`)) return
        others.delete(id)
        if (reopen) post({ gone: id })
        for (const listener of listeners.get(id) ?? []) listener(error as CreError)
      }
    }, 10)
  }

  /** What has not ended, this tab's before the others'. */
  const followed = (): string[] =>
    [...new Set([...listeners.keys(), ...others])].filter((id) => !hasEnded(known.get(id)?.status))

  const lead = (signal: AbortSignal): (() => void) => {
    let isHeard = false
    let opening: string[] = []
    let streamed: string[] = []
    const isMissing = (id: string): boolean => !streamed.includes(id)
    const open = keepOpen(send, signal, {
      path() {
        opening = followed().slice(0, MINTS_A_STREAM)
        return opening[0] && `/mints/events?id=${opening.join('&id=')}`
      },
      onOpen() {
        // What happened to these while no stream had them is not told again.
        opening.filter(isMissing).forEach(refresh)
        streamed = opening
      },
      onBytes: () => (isHeard = true),
      onDown: () => (isHeard = false),
      onEvent({ mintId, at }) {
        if (mintId && at >= (known.get(mintId)?.updatedAt ?? '')) refresh(mintId)
      },
    })
    const poll = setInterval(() => {
      for (const id of followed()) if (!isHeard || isMissing(id)) refresh(id)
    }, pollMs)
    // Many that come at once are one stream.
    reopen = () => setTimeout(() => followed().some((id) => !opening.includes(id)) && open(), 20)
    post({ ask: true })
    return () => {
      clearInterval(poll)
      reopen = undefined
      others.clear()
    }
  }

  const hear = (message: unknown): void => {
    const said = message as Message
    if ('ask' in said) post({ want: [...listeners.keys()] })
    else if ('mint' in said) tell(said.mint)
    else if ('gone' in said) {
      // Each tab finds out by itself why.
      if (listeners.has(said.gone)) refresh(said.gone)
    } else if (reopen) {
      for (const id of said.want) others.add(id)
      reopen()
    }
  }

  return {
    watch(id, listener) {
      const own = listeners.get(id) ?? new Set()
      listeners.set(id, own.add(listener))
      const mint = known.get(id)
      if (mint) listener(mint)
      line ??= join(shareName && `${shareName} mints`, lead, hear)
      post({ want: [id] })
      reopen?.()
      refresh(id)
      return () => {
        own.delete(listener)
        if (!own.size) listeners.delete(id)
        forget(id)
        if (!listeners.size) {
          line?.close()
          line = undefined
        }
      }
    },
  }
}
