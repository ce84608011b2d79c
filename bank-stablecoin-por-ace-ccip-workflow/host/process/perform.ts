// Performs one run: has the signer learn what it may sign, and writes the run's lines and journal where they belong.
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { createLineWriter } from '../base/line-writer'
import { writeText } from '../base/terminal'
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
  const journal = journalFile(path.join(request.runDir, 'events.jsonl'), err)
  const record = createLineWriter(journal.append)
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
    journal.close()
  }
}

/** Appends to a file until that fails: a full disk costs a run its journal, and nothing else. */
function journalFile(
  file: string,
  tell: (line: string) => void,
): { append: (text: string) => void; close: () => void } {
  let broken = false
  let descriptor: number | undefined
  return {
    append(text) {
      if (broken) return
      try {
        descriptor ??= openSync(file, 'a', 0o600)
        writeText(descriptor, text)
      } catch {
        broken = true
        tell(JSON.stringify({ level: 'warn', event: 'journal.broken' }))
      }
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor)
    },
  }
}
