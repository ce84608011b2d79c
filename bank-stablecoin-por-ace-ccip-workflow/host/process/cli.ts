// Starts one run for `bun run main.ts` and ends the process with the run's exit code.

import { createLineWriter } from '../base/line-writer'
import { writeText } from '../base/terminal'
import type { RunSettings } from '../run/settings'
import { endAs } from './end-as'
import { openDon } from './open-don'
import { performRun } from './perform'
import { readSettings } from './read-settings'

export { serve } from './serve'

const STDOUT = 1
const STDERR = 2

/** `bun run main.ts`: one run, whose exit code ends the process. */
export async function start({ workflowDir }: { workflowDir: string }): Promise<never> {
  const stderr = createLineWriter((text) => writeText(STDERR, text))
  const streams = { out: (line: string) => writeText(STDOUT, `${line}\n`), err: stderr.write }
  let request: RunSettings | undefined
  const readAll = (): RunSettings =>
    (request = readSettings({ workflowDir, env: process.env, args: process.argv.slice(2) }))
  const don = await openDon(readAll, { warm: false })
  if ('failure' in don || request === undefined) {
    for (const line of 'failure' in don ? don.failure : []) streams.err(line)
    stderr.flush()
    process.exit(2)
  }
  void don.nodes.ended.then((end) => {
    stderr.flush()
    endAs(end)
  })
  const { code } = await performRun(don, request, { streams, quiet: process.stderr.isTTY === true })
  stderr.flush()
  don.nodes.kill()
  process.exit(code)
}
