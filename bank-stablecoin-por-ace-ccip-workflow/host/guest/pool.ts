// Keeps the nodes' guests loaded between runs.
import { type GuestProcess, type GuestStart, startGuest } from './process'

/** For the nodes that have not finished when a run is over, in milliseconds. */
const RELEASE_MILLIS = 500
/** For the nodes' threads to end, in milliseconds. */
const STOP_MILLIS = 2_000

/** What a run knows of a node's guest; `close` resolves when the guest is through with the run. */
export type GuestUser = { name: string; close: () => Promise<void> }

/** A guest that another one takes the place of. */
export type Replacement = { node: string; reason: string; diedBetweenRuns: boolean }

/** The guests of the nodes; they stay loaded from one run to the next. */
export type GuestPool = {
  /** The guest of a node; a new one when there is none, or the last one ended. */
  guestOf: (node: string) => GuestProcess
  /** After a run: guests that finished forget it; the others are ended, and new ones load. */
  release: (users: GuestUser[]) => void
  /** Resolves when the last run has been cleared away. */
  released: () => Promise<void>
  /** The guests that were replaced since this was asked last, for the journal of the run that gets the new ones. */
  takeReplacements: () => Replacement[]
  /** How many guests have been started. */
  starts: () => number
  /** Ends all guests. */
  stop: () => Promise<void>
}

/** A pool that starts each guest at first use. */
export function createGuestPool(startOf: (node: string) => GuestStart): GuestPool {
  const guests = new Map<string, GuestProcess>()
  const replacements: Replacement[] = []
  let open = true
  let starts = 0
  let clearing: Promise<void> = Promise.resolve()
  /** Why each guest that a run had to part with was ended; of the others, their own reason is told. */
  const endings = new Map<string, string>()
  const noteReplacement = (node: string, former: GuestProcess | undefined): void => {
    if (former === undefined) return
    const ended = endings.get(node)
    endings.delete(node)
    const reason = ended ?? former.failure() ?? 'was stopped'
    replacements.push({ node, reason, diedBetweenRuns: ended === undefined })
  }
  const guestOf = (node: string): GuestProcess => {
    const known = guests.get(node)
    if (known !== undefined && !known.stopped()) return known
    noteReplacement(node, known)
    starts++
    const started = startGuest(startOf(node))
    guests.set(node, started)
    return started
  }
  const clearOne = async (user: GuestUser): Promise<void> => {
    const guest = guests.get(user.name)
    const finished = await succeedsWithin(RELEASE_MILLIS, user.close())
    if (!open || guest === undefined) return
    const ended = guest.stopped()
    if (finished && !ended && (await succeedsWithin(RELEASE_MILLIS, guest.renew()))) return
    const slow = finished ? 'could not be made ready for the next run' : 'had not finished when its run was over'
    endings.set(user.name, guest.failure() ?? (ended ? 'crashed' : slow))
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
    takeReplacements: () => replacements.splice(0),
    starts: () => starts,
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
