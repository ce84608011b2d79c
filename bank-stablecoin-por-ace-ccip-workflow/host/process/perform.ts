// Performs one run: has the signer learn what it may sign, and writes the run's lines and journal where they belong.
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { createLineWriter } from '../base/line-writer'
import { readRun } from '../run/run-files'
import type { RunRequest } from '../run/settings'
import { claimOfRun } from './claim-of-run'
import type { OpenDon } from './open-don'

/** Where the lines of a run go: what belongs on stdout, and what belongs on stderr. */
export type Streams = { out: (line: string) => void; err: (line: string) => void }

/** How a run ended: its exit code, and the memory of both processes. */
export type Performed = { code: number; rssBytes: number }

/**
 * Carries out a run: human lines and, last, the result line on `out`; the journal and, last, a failure on `err` (only warnings when
 * `quiet`) and, in a private run, in events.jsonl. The exit code is 0 when the handler returned, 1 when the
 * workflow threw, 2 when the host failed. Nothing is written after that.
 */
export async function performRun(
  { settings, opening, signer, nodes }: OpenDon,
  request: RunRequest,
  params: { streams: Streams; quiet: boolean },
): Promise<Performed> {
  const { out, err } = params.streams
  const record = createLineWriter(appender(path.join(request.runDir, 'events.jsonl'), err))
  const onJournal = (line: string, level: string): void => {
    if (!params.quiet || level !== 'info') err(line)
    if (request.privateRun) record.write(line)
  }
  const onRefused = (reason: string): void =>
    onJournal(JSON.stringify({ level: 'warn', event: 'signer.refused', reason }), 'warn')
  try {
    const run = readRun(request, settings)
    signer.open(await claimOfRun(run, opening))
    const { code, line, rssBytes } = await nodes.run(run, { onOut: out, onJournal, onRefused })
    if (code === 0) out(line)
    else err(line)
    return { code, rssBytes: rssBytes + process.memoryUsage.rss() }
  } finally {
    signer.close()
    record.flush()
  }
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
