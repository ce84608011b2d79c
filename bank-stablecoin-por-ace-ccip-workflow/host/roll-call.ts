import { HostError } from './errors'
import type { Journal } from './journal'
import type { Attendance } from './rounds'

/** Who of the DON can still be counted on. */
export type RollCall = {
  attendance: Attendance
  /** Names a faulty node once; more than f of them end the run. */
  lose: (node: string, reason: string) => void
  /** Names nodes that came after the quorum; nobody waits for them again. */
  lag: (nodes: string[]) => void
  /** Rejects with NODES_FAILED as soon as more than f nodes are faulty. */
  overwhelmed: Promise<never>
}

/** Calls the roll of a run; `onLoss` hears of each faulty node. */
export function createRollCall(params: {
  names: string[]
  f: number
  journal: Journal
  onLoss: (node: string) => void
}): RollCall {
  const { names, f, journal } = params
  const faulty = new Map<string, string>()
  const late = new Set<string>()
  const { promise: overwhelmed, reject } = Promise.withResolvers<never>()
  overwhelmed.catch(() => undefined)
  const able = (): string[] => names.filter((name) => !faulty.has(name))
  return {
    attendance: { able, prompt: () => able().filter((name) => !late.has(name)) },
    overwhelmed,
    lose(node, reason) {
      if (faulty.has(node)) return
      faulty.set(node, reason)
      journal({ event: 'node.faulty', level: 'warn', node, reason })
      if (faulty.size > f) reject(nodesFailed(faulty, f))
      params.onLoss(node)
    },
    lag(nodes) {
      for (const node of nodes) {
        late.add(node)
        journal({ event: 'node.late', level: 'warn', node })
      }
    },
  }
}

function nodesFailed(faulty: Map<string, string>, f: number): HostError {
  const named = [...faulty].map(([node, reason]) => `${node} ${reason}`).join(', ')
  return new HostError('NODES_FAILED', `${faulty.size} nodes failed, ${f} may: ${named}`)
}
