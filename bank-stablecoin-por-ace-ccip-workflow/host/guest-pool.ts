import { type GuestProcess, type GuestStart, startGuest } from './guest-process'
import type { Node } from './node'

/** For the nodes that have not finished when a run is over, in milliseconds. */
const RELEASE_MILLIS = 500
/** For the nodes' threads to end, in milliseconds. */
const STOP_MILLIS = 2_000

/** The guests of the nodes; they stay loaded from one run to the next. */
export type GuestPool = {
  /** The guest of a node; a new one when there is none, or the last one ended. */
  guestOf: (node: string) => GuestProcess
  /** After a run: guests that finished forget it; the others are ended, and new ones load. */
  release: (nodes: Node[]) => void
  /** Resolves when the last run has been cleared away. */
  released: () => Promise<void>
  /** Ends all guests. */
  stop: () => Promise<void>
}

/** A pool that starts each guest at first use. */
export function createGuestPool(startOf: (node: string) => GuestStart): GuestPool {
  const guests = new Map<string, GuestProcess>()
  let open = true
  let clearing: Promise<void> = Promise.resolve()
  const guestOf = (node: string): GuestProcess => {
    const known = guests.get(node)
    if (known !== undefined && !known.stopped()) return known
    const started = startGuest(startOf(node))
    guests.set(node, started)
    return started
  }
  const clearOne = async (node: Node): Promise<void> => {
    const guest = guests.get(node.name)
    const finished = await within(RELEASE_MILLIS, node.close())
    if (!open || guest === undefined) return
    if (finished && !guest.stopped() && (await within(RELEASE_MILLIS, guest.renew()))) return
    await within(STOP_MILLIS, guest.stop())
  }
  const clear = async (nodes: Node[]): Promise<void> => {
    await Promise.all(nodes.map(clearOne))
    // Workers that start while others are still ending leave threads behind.
    if (open) for (const { name } of nodes) guestOf(name)
  }
  return {
    guestOf,
    release: (nodes) => {
      clearing = clear(nodes)
    },
    released: () => clearing,
    async stop() {
      open = false
      await within(STOP_MILLIS, Promise.all([...guests.values()].map((guest) => guest.stop())))
    },
  }
}

/** Whether the work succeeded in time. */
async function within(millis: number, work: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), millis)
  const done = work.then(
    () => true,
    () => false,
  )
  return Promise.race([done, promise]).finally(() => clearTimeout(timer))
}
