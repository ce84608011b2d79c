// Starts one run for `bun run main.ts` and ends the process with the run's exit code.

import { type LocalDon, openLocalDon } from '../run/local-don'
import type { RunSettings } from '../run/settings'
import { createLineWriter } from './line-writer'
import { performRun, startFailure } from './perform'
import { readSettings } from './read-settings'
import { writeText } from './terminal'

export { serve } from './serve'

const STDOUT = 1
const STDERR = 2

/** `bun run main.ts`: one run, whose exit code ends the process. */
export async function start({ workflowDir }: { workflowDir: string }): Promise<never> {
  const stderr = createLineWriter((text) => writeText(STDERR, text))
  const streams = { out: (line: string) => writeText(STDOUT, `${line}\n`), err: stderr.write }
  let don: LocalDon
  let settings: RunSettings
  try {
    settings = readSettings({ workflowDir, env: process.env, args: process.argv.slice(2) })
    don = await openLocalDon(settings)
  } catch (error) {
    for (const line of startFailure(error)) streams.err(line)
    stderr.flush()
    process.exit(2)
  }
  const code = await performRun(don, settings, { streams, quiet: process.stderr.isTTY === true })
  stderr.flush()
  process.exit(code)
}
