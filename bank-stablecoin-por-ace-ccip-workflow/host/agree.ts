import { CapabilityError, messageOf } from './errors'
import type { Don } from './don'
import type { NodeSeat } from './ports'

/** Asks every able node and settles on the answer that f+1 of them give; names the dissenters in the journal. */
export async function agreeOn(params: {
  don: Don
  what: string
  ask: (seat: NodeSeat) => Promise<string>
}): Promise<string> {
  const { don, what } = params
  const seats = able(don)
  const votes = new Map<string, string[]>()
  const failures: unknown[] = []
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let open = seats.length
  let winner: string | undefined

  const conclude = (): void => {
    if (winner === undefined && open + largest(votes) < don.f + 1) {
      const [cause] = failures
      const reason = cause === undefined ? 'their answers differ' : messageOf(cause)
      reject(new CapabilityError('Unavailable', `no ${don.f + 1} nodes agree on ${what}: ${reason}`, 'System', { cause }))
    }
    if (open > 0 || winner === undefined) return
    for (const [answer, nodes] of votes) {
      if (answer === winner) continue
      for (const node of nodes) don.journal({ event: 'read.dissent', level: 'warn', node, what, answer: answer.slice(0, 200) })
    }
  }
  for (const seat of seats) {
    params
      .ask(seat)
      .then(
        (answer) => {
          const nodes = [...(votes.get(answer) ?? []), seat.name]
          votes.set(answer, nodes)
          if (winner === undefined && nodes.length >= don.f + 1) resolve((winner = answer))
        },
        (error: unknown) => {
          failures.push(error)
          don.journal({ event: 'read.failed', level: 'warn', node: seat.name, what, error: messageOf(error) })
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
export async function collect<Answer>(params: {
  don: Don
  what: string
  ask: (seat: NodeSeat) => Promise<Answer>
}): Promise<Answer[]> {
  const { don, what } = params
  const seats = able(don)
  const needed = 2 * don.f + 1
  const answers: Answer[] = []
  const failures: unknown[] = []
  const { promise, resolve, reject } = Promise.withResolvers<Answer[]>()
  for (const seat of seats) {
    params.ask(seat).then(
      (answer) => {
        answers.push(answer)
        if (answers.length === needed) resolve(answers.slice())
      },
      (error: unknown) => {
        failures.push(error)
        don.journal({ event: 'read.failed', level: 'warn', node: seat.name, what, error: messageOf(error) })
        if (seats.length - failures.length < needed) {
          const [cause] = failures
          const message = `fewer than ${needed} nodes know ${what}: ${messageOf(cause)}`
          reject(new CapabilityError('Unavailable', message, 'System', { cause }))
        }
      },
    )
  }
  if (seats.length < needed) reject(new CapabilityError('Unavailable', `fewer than ${needed} nodes are left`, 'System'))
  return promise
}

function able(don: Don): NodeSeat[] {
  const names = new Set(don.attendance.able())
  return don.seats.filter(({ name }) => names.has(name))
}

function largest(votes: Map<string, string[]>): number {
  return Math.max(0, ...[...votes.values()].map((nodes) => nodes.length))
}
