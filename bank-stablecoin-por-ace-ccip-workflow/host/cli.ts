import { createLineWriter } from './line-writer'
import { openLocalDon } from './local-don'
import { failureLine, perform } from './perform'
import { readSettings } from './settings'
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
    code = await perform(don, settings, { streams, quiet: process.stderr.isTTY === true })
  } catch (error) {
    streams.err(failureLine(error))
  }
  stderr.flush()
  process.exit(code)
}
