// Holds the DON of one run: its nodes, its rounds, and who can still be counted on.
import type { Hex } from 'viem'
import type { HostError } from '../base/errors'
import type { Journal } from '../base/journal'
import { type Attendance, createAttendanceRecord } from './attendance'
import type { EvidenceRecord } from './evidence'
import type { NodeSeat } from './ports'
import { type IdenticalRequest, type Round, createIdenticalRound, createObservationRound } from './rounds'

/** How long the DON waits, in milliseconds. */
export type DonTimeouts = {
  /** For the nodes that come after the quorum, per round. */
  graceMillis: number
  /** For a quorum to form, per round. */
  quorumMillis: number
  /** For the other nodes to finish, once f+1 of them returned the same result. */
  finishMillis: number
}

/** Who signs and tolerates what: at most `f` of the nodes may be faulty. */
export type Don = {
  donId: number
  configVersion: number
  configDigest: Hex
  f: number
  seats: NodeSeat[]
  timeouts: DonTimeouts
  journal: Journal
  attendance: Attendance
  evidence: EvidenceRecord
  /** Names a faulty node once, with a reason of ours and, for operators, what others say; more than f of them end the run. */
  markFaulty: (node: string, reason: string, detail?: string) => void
  /** Names nodes that the others went on without; nobody waits for them again. */
  markLate: (nodes: string[]) => void
  /** Ends the run. */
  fail: (error: HostError) => void
  /** Rejects when the run was ended: by `fail`, or with NODES_FAILED as soon as more than f nodes are faulty. */
  failed: Promise<never>
  /** To be called before the nodes are asked to sign a report; throws once the run is over, so that no signature comes late. */
  beginSigning: () => void
  /** Whether the nodes were asked to sign: when not, no node has signed a report of this run, and once it is over none will. */
  hasBegunSigning: () => boolean
  /** Set when the chain's endpoint failed the DON, not the workflow. */
  rpcFailure?: string
  /** The round of a key, created on first use. */
  identical: <Answer>(key: string) => Round<IdenticalRequest<Answer>, Answer>
  observe: <Item, Answer>(
    key: string,
    params: { threshold: number; conclude: (items: Map<string, Item>) => Promise<Answer> },
  ) => Round<Item, Answer>
  /** Aborted when the run is over: what still waits for the chain gives up. */
  over: AbortSignal
  /** Ends all rounds, also those that a late node would open; no timer survives. */
  close: () => void
}

/** What a DON is made of. */
export type DonParams = Pick<
  Don,
  'donId' | 'configVersion' | 'configDigest' | 'f' | 'seats' | 'timeouts' | 'journal' | 'evidence'
>

const RUN_OVER = 'the run is over'

/** Sets up the DON of one run. */
export function createDon(params: DonParams): Don {
  const { f, seats, timeouts, journal } = params
  const over = new AbortController()
  const rounds = new Map<string, Round<never, unknown>>()
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined)
  let signing = false
  let doomed = false
  const fail = (error: HostError): void => {
    doomed = true
    failure.reject(error)
  }
  const { attendance, markFaulty, markLate } = createAttendanceRecord({
    names: seats.map(({ name }) => name),
    f,
    journal,
    onLoss: (node) => {
      for (const round of rounds.values()) round.dropNode(node)
    },
    onConduct: params.evidence.conduct,
    onTooManyFaulty: fail,
  })
  const overdue = (nodes: string[]): void => {
    for (const node of nodes) markFaulty(node, 'did not answer in time')
  }
  const roundOf = <Item, Answer>(key: string, create: () => Round<Item, Answer>): Round<Item, Answer> => {
    const known = rounds.get(key)
    if (known !== undefined) return known as unknown as Round<Item, Answer>
    const created = create()
    if (over.signal.aborted) created.fail(new Error(RUN_OVER))
    rounds.set(key, created as unknown as Round<never, unknown>)
    return created
  }

  return {
    ...params,
    attendance,
    markFaulty,
    markLate,
    fail,
    failed: failure.promise,
    beginSigning() {
      if (doomed || over.signal.aborted) throw new Error(RUN_OVER)
      signing = true
    },
    hasBegunSigning: () => signing,
    identical: (key) =>
      roundOf(key, () =>
        createIdenticalRound({
          f,
          attendance,
          timeoutMillis: timeouts.quorumMillis,
          onDiverged: (node) => markFaulty(node, 'sent a request that differs from the other nodes'),
          onTimeout: overdue,
        }),
      ),
    observe: (key, { threshold, conclude }) =>
      roundOf(key, () =>
        createObservationRound({
          threshold,
          attendance,
          graceMillis: timeouts.graceMillis,
          timeoutMillis: timeouts.quorumMillis,
          conclude,
          onLate: markLate,
          onTimeout: overdue,
        }),
      ),
    over: over.signal,
    close: () => {
      over.abort(new Error(RUN_OVER))
      for (const round of rounds.values()) round.fail(new Error(RUN_OVER))
      rounds.clear()
    },
  }
}
