// Keeps the nodes' guests loaded between runs.
import { type GuestProcess, type GuestStart, startGuest } from './process'

/** For the nodes that have not finished when a run is over, in milliseconds. */
const RELEASE_MILLIS = 500
/** For the nodes' threads to end, in milliseconds. */
const STOP_MILLIS = 2_000

/** What a run knows of a node's guest; `close` resolves when the guest is through with the run. */
export type GuestUser = { name: string; close: () => Promise<void> }

/** The guests of the nodes; they stay loaded from one run to the next. */
export type GuestPool = {
  /** The guest of a node; a new one when there is none, or the last one ended. */
  guestOf: (node: string) => GuestProcess
  /** After a run: guests that finished forget it; the others are ended, and new ones load. */
  release: (users: GuestUser[]) => void
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
  const clearOne = async (user: GuestUser): Promise<void> => {
    const guest = guests.get(user.name)
    const finished = await succeedsWithin(RELEASE_MILLIS, user.close())
    if (!open || guest === undefined) return
    if (finished && !guest.stopped() && (await succeedsWithin(RELEASE_MILLIS, guest.renew()))) return
    await succeedsWithin(STOP_MILLIS, guest.stop())
  }
  const clear = async (users: GuestUser[]): Promise<void> => {
    await Promise.all(users.map(clearOne))
    // Workers that start while others are still ending leave threads behind.
    if (open) for (const { name } of users) guestOf(name)
  }
  return {
    guestOf,
    release: (users) => {
      clearing = clear(users)
    },
    released: () => clearing,
    async stop() {
      open = false
      await succeedsWithin(STOP_MILLIS, Promise.all([...guests.values()].map((guest) => guest.stop())))
    },
  }
}

/** Whether the work succeeded in time. */
async function succeedsWithin(millis: number, work: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), millis)
  const done = work.then(
    () => true,
    () => false,
  )
  return Promise.race([done, promise]).finally(() => clearTimeout(timer))
}
