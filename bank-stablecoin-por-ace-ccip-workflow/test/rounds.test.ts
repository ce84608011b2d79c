import { describe, expect, test } from 'bun:test'
import { createIdenticalRound, createObservationRound } from '../host/don/rounds'

const NODES = ['a', 'b', 'c', 'd']
const bytes = (text: string) => new TextEncoder().encode(text)

function identicalRound(params: { timeoutMillis?: number } = {}) {
  const able = new Set(NODES)
  const diverged: string[] = []
  const missing: string[] = []
  let executions = 0
  const round = createIdenticalRound<string>({
    f: 1,
    attendance: { able: () => [...able], prompt: () => [...able] },
    timeoutMillis: params.timeoutMillis ?? 10_000,
    onDiverged: (node) => diverged.push(node),
    onTimeout: (nodes) => missing.push(...nodes),
  })
  const submit = (node: string, text: string) =>
    round.submit(node, {
      bytes: bytes(text),
      execute: async () => {
        executions++
        return `done ${text}`
      },
    })
  const lose = (node: string) => {
    able.delete(node)
    round.dropNode(node)
  }
  return { submit, lose, diverged, missing, executions: () => executions }
}

describe('identical round', () => {
  test('executes once what f+1 nodes sent, even after a liar', async () => {
    const { submit, diverged, executions } = identicalRound()
    const lie = submit('a', 'lie')
    const answers = Promise.all([submit('b', 'truth'), submit('c', 'truth'), submit('d', 'truth')])
    await expect(lie).rejects.toThrow('differs from that of the other nodes')
    expect(await answers).toEqual(['done truth', 'done truth', 'done truth'])
    expect(diverged).toEqual(['a'])
    expect(executions()).toBe(1)
  })
  test('a repeated submission is the same submission', async () => {
    const { submit, executions } = identicalRound()
    const first = submit('a', 'x')
    const again = submit('a', 'x')
    await submit('b', 'x')
    expect(await Promise.all([first, again])).toEqual(['done x', 'done x'])
    expect(executions()).toBe(1)
  })
  test('fails at once when all requests differ', async () => {
    const { submit } = identicalRound()
    const outcomes = await Promise.allSettled(NODES.map((node) => submit(node, node)))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
  })
  test('fails when the nodes that are left cannot reach f+1', async () => {
    const { submit, lose } = identicalRound()
    const waiting = submit('a', 'x')
    for (const node of ['b', 'c', 'd']) lose(node)
    await expect(waiting).rejects.toThrow('no 2 nodes sent the same request')
  })
  test('names who was missing when time is up', async () => {
    const { submit, missing } = identicalRound({ timeoutMillis: 5 })
    await expect(submit('a', 'x')).rejects.toThrow('in time')
    expect(missing).toEqual(['b', 'c', 'd'])
  })
})

function observationRound(params: { graceMillis?: number; timeoutMillis?: number } = {}) {
  const able = new Set(NODES)
  const late: string[] = []
  const missing: string[] = []
  const round = createObservationRound<number, number[]>({
    threshold: 3,
    attendance: { able: () => [...able], prompt: () => [...able].filter((node) => !late.includes(node)) },
    graceMillis: params.graceMillis ?? 10_000,
    timeoutMillis: params.timeoutMillis ?? 10_000,
    conclude: async (items) => [...items.values()],
    onLate: (nodes) => late.push(...nodes),
    onTimeout: (nodes) => missing.push(...nodes),
  })
  const lose = (node: string) => {
    able.delete(node)
    round.dropNode(node)
  }
  return { submit: round.submit, lose, late, missing }
}

describe('observation round', () => {
  test('waits for every prompt node', async () => {
    const { submit } = observationRound()
    const answers = NODES.map((node, index) => submit(node, index))
    expect(await answers[0]).toEqual([0, 1, 2, 3])
  })
  test('goes on without a late node after the grace, and names it', async () => {
    const { submit, late } = observationRound({ graceMillis: 5 })
    const answers = ['a', 'b', 'c'].map((node, index) => submit(node, index))
    expect(await answers[0]).toEqual([0, 1, 2])
    expect(late).toEqual(['d'])
    expect(await submit('d', 9)).toEqual([0, 1, 2])
  })
  test('does not wait for a lost node', async () => {
    const { submit, lose } = observationRound()
    const answers = ['a', 'b', 'c'].map((node, index) => submit(node, index))
    lose('d')
    expect(await answers[0]).toEqual([0, 1, 2])
  })
  test('fails when 2f+1 nodes cannot be reached any more', async () => {
    const { submit, lose } = observationRound()
    const answer = submit('a', 1)
    lose('b')
    lose('c')
    await expect(answer).rejects.toThrow('1 observations, 3 are needed')
  })
  test('names who was missing when time is up', async () => {
    const { submit, missing } = observationRound({ timeoutMillis: 5 })
    await expect(submit('a', 1)).rejects.toThrow('1 observations, 3 are needed')
    expect(missing).toEqual(['b', 'c', 'd'])
  })
})
