// Answers the nodes' questions about DON time with one instant for all.
import type { Don } from './don'
import type { NodeSeat } from './ports'

/** DON time: the same instant on every node for the n-th question of an execution. */
export type DonClock = {
  /** Answers a node's next question, in unix milliseconds. */
  now: (seat: NodeSeat) => Promise<number>
  /** The latest instant the DON agreed on; before the first, the middle of the nodes' clocks. */
  latest: () => number
}

/** A clock that takes the lower middle of what 2f+1 nodes read on theirs, and never stands still or goes back. */
export function createDonClock(don: Don): DonClock {
  const asked = new Map<string, number>()
  let latest = lowerMiddle(don.seats.map(({ ports }) => ports.clock()))
  return {
    now(seat) {
      const question = asked.get(seat.name) ?? 0
      asked.set(seat.name, question + 1)
      const round = don.observe<number, number>(`now:${question}`, {
        threshold: 2 * don.f + 1,
        async conclude(readings) {
          latest = Math.max(latest + 1, lowerMiddle([...readings.values()]))
          don.journal({ event: 'don.time', question, unixMillis: latest })
          return latest
        },
      })
      return round.submit(seat.name, seat.ports.clock())
    },
    latest: () => latest,
  }
}

function lowerMiddle(readings: number[]): number {
  const sorted = readings.toSorted((a, b) => a - b)
  return Math.floor(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0)
}
