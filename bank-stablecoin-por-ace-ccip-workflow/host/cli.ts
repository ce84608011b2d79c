import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { HostError, WorkflowError, messageOf } from './errors'
import { type Journal, createJournal } from './journal'
import { run } from './run'
import { type RunSettings, readSettings } from './settings'
import { writeLine } from './terminal'
import { escapeLine } from './text'

const STDOUT = 1
const STDERR = 2

/**
 * `bun run main.ts`: human lines and, last, the result line on stdout; the journal on stderr. Ends the process with
 * 0 when the handler returned, 1 when the workflow threw, 2 when the host failed.
 */
export async function start(params: { workflowDir: string }): Promise<never> {
  try {
    const settings = readSettings({ workflowDir: params.workflowDir, env: process.env, args: process.argv.slice(2) })
    const line = await run(settings, { journal: journalOf(settings), print: (text) => writeLine(STDOUT, text) })
    writeLine(STDOUT, line)
    process.exit(0)
  } catch (error) {
    const code =
      error instanceof WorkflowError ? 'WORKFLOW_ERROR' : error instanceof HostError ? error.code : 'HOST_ERROR'
    writeLine(STDERR, JSON.stringify({ error: escapeLine(messageOf(error)), code }))
    process.exit(error instanceof WorkflowError ? 1 : 2)
  }
}

/** Everything goes to stderr, or only the warnings when a person is watching; a private run keeps its journal. */
function journalOf(settings: RunSettings): Journal {
  const quiet = process.stderr.isTTY === true
  const file = path.join(settings.runDir, 'events.jsonl')
  return createJournal({
    sinks: [
      (line, event) => {
        if (!quiet || event.level === 'warn' || event.level === 'error') writeLine(STDERR, line)
      },
      ...(settings.privateRun ? [(line: string) => appendFileSync(file, `${line}\n`, { mode: 0o600 })] : []),
    ],
  })
}
