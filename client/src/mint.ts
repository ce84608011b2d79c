/** A mint in the caller's hand. */
import { type CreError, endOf } from './error'
import type { Cancellable } from './http'
import type { Mint } from './types'
import { type Watcher, hasEnded } from './watch'

export interface WaitOptions extends Cancellable {
  /** `minted`: in a block (the default); `finalized`: in a block that nothing takes back. */
  until?: 'minted' | 'finalized'
}

export interface MintHandle {
  readonly id: string
  /** The newest state that is known; undefined until the first is read. */
  readonly mint: Mint | undefined
  /** Why it ended without being minted, once it has. */
  readonly error: CreError | undefined
  /**
   * Its states as they come, beginning with the present one; ends with the mint. A re-organisation of the chain leads
   * back from `minted` to `executing`. Who reads slowly reads the newest, and not those between.
   */
  states(options?: Cancellable): AsyncGenerator<Mint, void, void>
  /** Resolves when it is minted, or final; rejects with a `CreError` when it ends otherwise. */
  wait(options?: WaitOptions): Promise<Mint>
}

/** `onEnd` is called when the end of the mint was read. */
export function mintHandle(watcher: Watcher, id: string, first?: Mint, onEnd?: () => Promise<void>): MintHandle {
  let newest = first

  async function* states({ signal }: Cancellable = {}): AsyncGenerator<Mint, void, void> {
    let next: Mint | CreError | undefined
    let wake = (): void => {}
    const stop = watcher.watch(id, (news) => {
      next = news
      wake()
    })
    const onAbort = (): void => wake()
    signal?.addEventListener('abort', onAbort)
    try {
      for (;;) {
        signal?.throwIfAborted()
        const mint = next
        next = undefined
        if (mint instanceof Error) throw mint
        if (!mint) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        newest = mint
        const isLast = hasEnded(mint.status)
        if (isLast) await onEnd?.()
        yield mint
        if (isLast) return
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
      stop()
    }
  }

  return {
    id,
    get mint() {
      return newest
    },
    get error() {
      return newest && hasEnded(newest.status) && newest.status !== 'finalized' ? endOf(newest) : undefined
    },
    states,
    async wait({ until = 'minted', signal } = {}) {
      for await (const mint of states({ signal })) {
        if (mint.status === 'finalized' || mint.status === until) return mint
      }
      throw endOf(newest as Mint)
    },
  }
}
