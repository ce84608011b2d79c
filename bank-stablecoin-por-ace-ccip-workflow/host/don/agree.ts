// Has every node read from the outside, and settles on the answer that enough of them give.

import { CapabilityError, messageOf } from '../base/errors'
import { RpcUnavailable } from '../chain/rpc'
import type { Don } from './don'
import type { NodeSeat } from './ports'

type Failure = { node: string; error: unknown }

/** Asks every able node and settles on the answer that f+1 of them give; names the dissenters in the journal. */
export async function agreeOn(params: {
  don: Don
  what: string
  ask: (seat: NodeSeat) => Promise<string>
}): Promise<string> {
  const { don, what } = params
  const seats = ableSeats(don)
  const votes = new Map<string, string[]>()
  const failures: Failure[] = []
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let open = seats.length
  let winner: string | undefined

  const conclude = (): void => {
    if (winner === undefined && open + largestVote(votes) < don.f + 1) {
      reject(unavailableError(`no ${don.f + 1} nodes agree on ${what}`, failures))
    }
    if (open > 0 || winner === undefined) return
    for (const [answer, nodes] of votes) {
      if (answer === winner) continue
      for (const node of nodes) {
        don.journal({ event: 'read.dissent', level: 'warn', node, what, answer: answer.slice(0, 200) })
        don.evidence.conduct(node, 'DISSENTED', `gave another answer to ${what}`)
      }
    }
  }
  for (const seat of seats) {
    withinTimeout(don, params.ask(seat))
      .then(
        (answer) => {
          const nodes = [...(votes.get(answer) ?? []), seat.name]
          votes.set(answer, nodes)
          if (winner === undefined && nodes.length >= don.f + 1) resolve((winner = answer))
        },
        (error: unknown) => {
          failures.push(noteFailure(don, { node: seat.name, error }, what))
        },
      )
      .finally(() => {
        open--
        conclude()
      })
  }
  return promise
}

/** Collects one answer from each able node, at least 2f+1; slower nodes are not waited for. */
export async function collectAnswers<Answer>(params: {
  don: Don
  what: string
  ask: (seat: NodeSeat) => Promise<Answer>
}): Promise<Answer[]> {
  const { don, what } = params
  const seats = ableSeats(don)
  const needed = 2 * don.f + 1
  const answers: Answer[] = []
  const failures: Failure[] = []
  const { promise, resolve, reject } = Promise.withResolvers<Answer[]>()
  for (const seat of seats) {
    withinTimeout(don, params.ask(seat)).then(
      (answer) => {
        answers.push(answer)
        if (answers.length === needed) resolve(answers.slice())
      },
      (error: unknown) => {
        failures.push(noteFailure(don, { node: seat.name, error }, what))
        if (seats.length - failures.length < needed) {
          reject(unavailableError(`fewer than ${needed} nodes know ${what}`, failures))
        }
      },
    )
  }
  if (seats.length < needed) reject(new CapabilityError('Unavailable', `fewer than ${needed} nodes are left`, 'System'))
  return promise
}

function noteFailure(don: Don, failure: Failure, what: string): Failure {
  don.journal({ event: 'read.failed', level: 'warn', node: failure.node, what, error: messageOf(failure.error) })
  don.evidence.conduct(failure.node, 'SILENT', `had no answer to ${what}`)
  return failure
}

/** The nodes and what their endpoints said are in the journal; the sentence goes further, so it has our words only. */
function unavailableError(sentence: string, failures: Failure[]): CapabilityError {
  const reasons = new Set(
    failures.map(({ error }) => (error instanceof RpcUnavailable ? error.trouble : 'UNUSABLE_ANSWER')),
  )
  const message = `${sentence}: ${reasons.size === 0 ? 'their answers differ' : [...reasons].join(', ')}`
  return new CapabilityError('Unavailable', message, 'System', { cause: failures[0]?.error })
}

/** A read that takes longer than a quorum may counts as failed. */
async function withinTimeout<Answer>(don: Don, work: Promise<Answer>): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new RpcUnavailable('TIMED_OUT')), don.timeouts.quorumMillis)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

function ableSeats(don: Don): NodeSeat[] {
  const names = new Set(don.attendance.able())
  return don.seats.filter(({ name }) => names.has(name))
}

function largestVote(votes: Map<string, string[]>): number {
  return Math.max(0, ...[...votes.values()].map((nodes) => nodes.length))
}
