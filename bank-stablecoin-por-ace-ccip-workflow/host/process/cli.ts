// Starts one run for `bun run main.ts` and ends the process with the run's exit code.
import { createLineWriter } from './line-writer'
import { openLocalDon } from '../run/local-don'
import { failureLine, performRun } from './perform'
import { readSettings } from './read-settings'
import { writeText } from './terminal'

export { serve } from './serve'

const STDOUT = 1
const STDERR = 2

/** `bun run main.ts`: one run, whose exit code ends the process. */
export async function start({ workflowDir }: { workflowDir: string }): Promise<never> {
  const stderr = createLineWriter((text) => writeText(STDERR, text))
  const streams = { out: (line: string) => writeText(STDOUT, `${line}\n`), err: stderr.write }
  let code = 2
  try {
    const settings = readSettings({ workflowDir, env: process.env, args: process.argv.slice(2) })
    const don = await openLocalDon(settings)
    code = await performRun(don, settings, { streams, quiet: process.stderr.isTTY === true })
  } catch (error) {
    streams.err(failureLine(error))
  }
  stderr.flush()
  process.exit(code)
}
