// Prints a line of the workflow once f+1 nodes have written it.
import type { Journal } from '../base/journal'
import type { Limits } from '../base/limits'
import { MODE_NODE } from '../base/mode'
import { clip, escapeLine } from '../base/text'

/** A line that a node has written; `apart` when it is not of the execution that the run is for. */
type WrittenLine = { node: string; mode: number; text: string; apart: boolean }

/** Collects the workflow's log lines. */
export type WorkflowLog = { write: (line: WrittenLine) => void }

/**
 * A line of DON mode is printed once, as soon as f+1 nodes wrote it at the same place; a line of node mode belongs to
 * its node and goes to the journal, and so does one that is apart. Long lines are cut and too many dropped, as a DON does.
 */
export function createWorkflowLog(params: {
  f: number
  limits: Limits
  journal: Journal
  print: (line: string) => void
}): WorkflowLog {
  const { limits, journal } = params
  const written = new Map<string, number>()
  const counts = new Map<string, number>()
  const votes = new Map<string, number>()
  return {
    write({ node, mode, text, apart }) {
      const total = (written.get(node) ?? 0) + 1
      written.set(node, total)
      if (total > limits.logLines) {
        if (total === limits.logLines + 1) {
          journal({ event: 'limit.hit', level: 'warn', node, quota: 'logLines', limit: limits.logLines })
        }
        return
      }
      const line = clip(escapeLine(text), limits.logLineBytes)
      if (line.length < text.length) {
        journal({ event: 'limit.hit', level: 'warn', node, quota: 'logLineBytes', limit: limits.logLineBytes })
      }
      if (mode === MODE_NODE || apart) return journal({ event: 'guest.log', node, text: line })
      const place = counts.get(node) ?? 0
      counts.set(node, place + 1)
      const key = `${place}:${line}`
      const agreeing = (votes.get(key) ?? 0) + 1
      votes.set(key, agreeing)
      if (agreeing !== params.f + 1) return
      params.print(line)
      journal({ event: 'workflow.line', line })
    },
  }
}
