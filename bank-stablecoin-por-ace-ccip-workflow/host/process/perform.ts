// Performs one run and writes its lines, its journal and its exit code where they belong.
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { WorkflowError, messageOf } from '../base/errors'
import { createJournal } from '../base/journal'
import { scrubUrls } from '../base/scrub'
import { failureLine, toldError } from '../run/ending'
import type { LocalDon } from '../run/local-don'
import type { RunRequest } from '../run/settings'
import { createLineWriter } from './line-writer'

/** Where the lines of a run go: what belongs on stdout, and what belongs on stderr. */
export type Streams = { out: (line: string) => void; err: (line: string) => void }

/**
 * Carries out a run: human lines and, last, the result line on `out`; the journal and, last, a failure on `err` (only warnings when
 * `quiet`) and, in a private run, in events.jsonl. Gives the exit code: 0 when the handler returned, 1 when the
 * workflow threw, 2 when the host failed. Nothing is written after that.
 */
export async function performRun(
  don: Pick<LocalDon, 'run'>,
  request: RunRequest,
  params: { streams: Streams; quiet: boolean },
): Promise<number> {
  const { out, err } = params.streams
  let over = false
  const tell = (line: string): void => void (over || err(line))
  const record = createLineWriter(appender(path.join(request.runDir, 'events.jsonl'), tell))
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
    const { line, error } = await don.run(request, { journal, print: (text) => over || out(text) })
    if (error === undefined) out(line)
    else err(line)
    return error === undefined ? 0 : error instanceof WorkflowError ? 1 : 2
  } finally {
    over = true
    record.flush()
  }
}

/** The lines of a DON that could not be opened: nothing was run, so nothing was signed. */
export function startFailure(error: unknown): string[] {
  const ours = toldError(error) === error
  const detail = { level: 'error', event: 'start.failed', error: scrubUrls(messageOf(error)) }
  return [...(ours ? [] : [JSON.stringify(detail)]), failureLine(error, { signed: false })]
}

/** Appends to a file until that fails: a full disk costs a run its journal, and nothing else. */
function appender(file: string, tell: (line: string) => void): (text: string) => void {
  let broken = false
  return (text) => {
    if (broken) return
    try {
      appendFileSync(file, text, { mode: 0o600 })
    } catch {
      broken = true
      tell(JSON.stringify({ level: 'warn', event: 'journal.broken' }))
    }
  }
}
