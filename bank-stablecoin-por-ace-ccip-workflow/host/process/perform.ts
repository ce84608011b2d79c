// Performs one run and writes its lines, its journal and its exit code where they belong.
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { HostError, WorkflowError, messageOf } from '../base/errors'
import { createJournal } from '../base/journal'
import { createLineWriter } from './line-writer'
import type { LocalDon } from '../run/local-don'
import type { RunRequest } from '../run/settings'
import { escapeLine } from '../base/text'

/** Where the lines of a run go: what belongs on stdout, and what belongs on stderr. */
export type Streams = { out: (line: string) => void; err: (line: string) => void }

/**
 * Carries out a run: human lines and, last, the result line on `out`; the journal on `err` (only its warnings when
 * `quiet`) and, in a private run, in events.jsonl. Gives the exit code: 0 when the handler returned, 1 when the
 * workflow threw, 2 when the host failed. Nothing is written after that.
 */
export async function performRun(
  don: Pick<LocalDon, 'run'>,
  request: RunRequest,
  params: { streams: Streams; quiet: boolean },
): Promise<number> {
  const { out, err } = params.streams
  const file = path.join(request.runDir, 'events.jsonl')
  const record = createLineWriter((text) => appendFileSync(file, text, { mode: 0o600 }))
  let over = false
  const journal = createJournal({
    sinks: [
      (line, { level }) => {
        if (!over && (!params.quiet || level === 'warn' || level === 'error')) err(line)
      },
      (line) => {
        if (!over && request.privateRun) record.write(line)
      },
    ],
  })
  try {
    out(await don.run(request, { journal, print: (line) => over || out(line) }))
    return 0
  } catch (error) {
    err(failureLine(error))
    return error instanceof WorkflowError ? 1 : 2
  } finally {
    over = true
    record.flush()
  }
}

/** The last line of what did not end well: {"error","code"}. */
export function failureLine(error: unknown): string {
  const code =
    error instanceof WorkflowError ? 'WORKFLOW_ERROR' : error instanceof HostError ? error.code : 'HOST_ERROR'
  return JSON.stringify({ error: escapeLine(messageOf(error)), code })
}
