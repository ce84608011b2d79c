// Collects what the nodes submit to one question, and concludes it.
import { CapabilityError } from '../base/errors'
import type { Attendance } from './attendance'

/** A question that the nodes of the DON answer together: each node submits once and waits for the common answer. */
export type Round<Item, Answer> = {
  /** A node's part; the same node submitting again gets the same answer. */
  submit: (node: string, item: Item) => Promise<Answer>
  /** Expects nothing more of a node; the round decides whether it can still be concluded. */
  dropNode: (node: string) => void
  /** Ends the round for everybody who still waits. */
  fail: (error: Error) => void
}

type Waiter<Answer> = { resolve: (answer: Answer) => void; reject: (error: Error) => void }

/** A request of which f+1 equal ones are executed once. */
export type IdenticalRequest<Answer> = { bytes: Uint8Array; execute: () => Promise<Answer> }

/**
 * A round of byte-identical requests: executed once, as soon as f+1 nodes sent the same bytes. A node that sent other
 * bytes is turned away and reported as diverging.
 */
export function createIdenticalRound<Answer>(params: {
  f: number
  attendance: Attendance
  timeoutMillis: number
  onDiverged: (node: string) => void
  onTimeout: (missing: string[]) => void
}): Round<IdenticalRequest<Answer>, Answer> {
  const groups = new Map<string, string[]>()
  const keyOf = new Map<string, string>()
  const waiters = new Map<string, Waiter<Answer>>()
  const promises = new Map<string, Promise<Answer>>()
  let chosen: { key: string; answer: Promise<Answer> } | undefined
  let failure: Error | undefined

  const settle = (node: string): void => {
    const waiter = waiters.get(node)
    if (waiter === undefined) return
    if (failure !== undefined) waiter.reject(failure)
    else if (chosen === undefined) return
    else if (keyOf.get(node) === chosen.key) chosen.answer.then(waiter.resolve, waiter.reject)
    else {
      params.onDiverged(node)
      waiter.reject(new CapabilityError('FailedPrecondition', 'the request differs from that of the other nodes'))
    }
    waiters.delete(node)
  }
  const settleAll = (): void => [...waiters.keys()].forEach(settle)
  const fail = (error: Error): void => {
    if (chosen !== undefined) return
    failure ??= error
    settleAll()
  }
  const failIfHopeless = (): void => {
    const open = params.attendance.able().filter((node) => !keyOf.has(node)).length
    const best = Math.max(0, ...[...groups.values()].map((nodes) => nodes.length))
    if (chosen === undefined && best + open < params.f + 1) {
      fail(new CapabilityError('FailedPrecondition', `no ${params.f + 1} nodes sent the same request`))
    }
  }
  const timer = setTimeout(() => {
    if (chosen !== undefined) return
    params.onTimeout(params.attendance.able().filter((node) => !keyOf.has(node)))
    fail(new CapabilityError('DeadlineExceeded', `no ${params.f + 1} nodes sent the same request in time`))
  }, params.timeoutMillis)

  return {
    submit(node, { bytes, execute }) {
      const known = promises.get(node)
      if (known !== undefined) return known
      const key = Buffer.from(bytes).toString('latin1')
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      promises.set(node, promise)
      waiters.set(node, { resolve, reject })
      keyOf.set(node, key)
      const group = [...(groups.get(key) ?? []), node]
      groups.set(key, group)
      if (chosen === undefined && failure === undefined && group.length >= params.f + 1) {
        clearTimeout(timer)
        chosen = { key, answer: execute() }
        settleAll()
      } else if (chosen !== undefined || failure !== undefined) settle(node)
      else failIfHopeless()
      return promise
    },
    dropNode: failIfHopeless,
    fail(error) {
      clearTimeout(timer)
      fail(error)
    },
  }
}

/**
 * A round of observations that may differ: concluded when every prompt node has submitted, or when `threshold` nodes have
 * and the others did not follow within the grace period.
 */
export function createObservationRound<Item, Answer>(params: {
  threshold: number
  attendance: Attendance
  graceMillis: number
  timeoutMillis: number
  conclude: (items: Map<string, Item>) => Promise<Answer>
  onLate: (nodes: string[]) => void
  onTimeout: (missing: string[]) => void
}): Round<Item, Answer> {
  const items = new Map<string, Item>()
  const waiters: Waiter<Answer>[] = []
  let answer: Promise<Answer> | undefined
  let grace: ReturnType<typeof setTimeout> | undefined

  const missing = (nodes: string[]): string[] => nodes.filter((node) => !items.has(node))
  const close = (result: Promise<Answer>): void => {
    if (answer !== undefined) return
    answer = result
    result.catch(() => undefined)
    clearTimeout(timer)
    clearTimeout(grace)
    for (const waiter of waiters.splice(0)) result.then(waiter.resolve, waiter.reject)
  }
  const fail = (error: Error): void => {
    if (answer === undefined) close(Promise.reject(error))
  }
  // The round is closed first: what is concluded may name a faulty node, which has all rounds look again.
  const conclude = (): void => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    close(promise)
    resolve(params.conclude(new Map(items)))
  }
  const advance = (): void => {
    if (answer !== undefined || items.size === 0) return
    const { able, prompt } = params.attendance
    if (items.size >= params.threshold && missing(prompt()).length === 0) conclude()
    else if (items.size >= params.threshold) {
      grace ??= setTimeout(() => {
        if (answer !== undefined) return
        params.onLate(missing(prompt()))
        if (answer === undefined) conclude()
      }, params.graceMillis)
    } else if (items.size + missing(able()).length < params.threshold) {
      fail(tooFew(items.size, params.threshold))
    }
  }
  const timer = setTimeout(() => {
    if (answer !== undefined || items.size === 0) return
    params.onTimeout(missing(params.attendance.able()))
    fail(tooFew(items.size, params.threshold))
  }, params.timeoutMillis)

  return {
    submit(node, item) {
      if (answer !== undefined) return answer
      if (!items.has(node)) items.set(node, item)
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      waiters.push({ resolve, reject })
      advance()
      return promise
    },
    dropNode: advance,
    fail,
  }
}

function tooFew(count: number, threshold: number): CapabilityError {
  return new CapabilityError('InsufficientObservations', `${count} observations, ${threshold} are needed`, 'System')
}
