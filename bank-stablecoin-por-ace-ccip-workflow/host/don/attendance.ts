// Keeps account of which nodes are faulty or late, and ends the run when more than f are faulty.
import { HostError } from '../base/errors'
import type { Journal } from '../base/journal'
import type { EvidenceRecord } from './evidence'

/** Who may still submit: `able` nodes are not faulty, `prompt` ones have not been late either. */
export type Attendance = { able: () => string[]; prompt: () => string[] }

/** Who of the DON can still be counted on. */
export type AttendanceRecord = {
  attendance: Attendance
  /** Names a faulty node once, with a reason of ours and, for operators, what others say; more than f of them end the run. */
  markFaulty: (node: string, reason: string, detail?: string) => void
  /** Names nodes that came after the quorum; nobody waits for them again. */
  markLate: (nodes: string[]) => void
}

/** Keeps the attendance of a run; `onLoss` is called with each faulty node. */
export function createAttendanceRecord(params: {
  names: string[]
  f: number
  journal: Journal
  onLoss: (node: string) => void
  onConduct: EvidenceRecord['conduct']
  /** Called with NODES_FAILED as soon as more than f nodes are faulty. */
  onTooManyFaulty: (error: HostError) => void
}): AttendanceRecord {
  const { names, f, journal } = params
  const faulty = new Map<string, string>()
  const late = new Set<string>()
  const able = (): string[] => names.filter((name) => !faulty.has(name))
  return {
    attendance: { able, prompt: () => able().filter((name) => !late.has(name)) },
    markFaulty(node, reason, detail) {
      if (faulty.has(node)) return
      faulty.set(node, reason)
      journal({ event: 'node.faulty', level: 'warn', node, reason, ...(detail === undefined ? {} : { detail }) })
      params.onConduct(node, 'FAULTY', reason)
      if (faulty.size > f) params.onTooManyFaulty(nodesFailed(faulty, f))
      params.onLoss(node)
    },
    markLate(nodes) {
      for (const node of nodes) {
        late.add(node)
        journal({ event: 'node.late', level: 'warn', node })
        params.onConduct(node, 'LATE', 'came after the quorum')
      }
    },
  }
}

/** Which nodes they are is in the journal. */
function nodesFailed(faulty: Map<string, string>, f: number): HostError {
  const reasons = [...new Set(faulty.values())].join(', ')
  return new HostError('NODES_FAILED', `${faulty.size} nodes failed, ${f} may: ${reasons}`)
}
