// Serves run after run to the lines on stdin, in one process whose nodes stay loaded.
import { z } from 'zod'
import { HostError } from '../base/errors'
import { collectWhenIdle } from '../base/idle'
import { parseQuietly } from '../base/json'
import { createLineWriter } from '../base/line-writer'
import { linesOf } from '../base/lines'
import { writeText } from '../base/terminal'
import { failureLine } from '../run/ending'
import type { RunRequest } from '../run/settings'
import { endAs } from './end-as'
import { openDon } from './open-don'
import { performRun } from './perform'
import { MAX_UNIX_SECONDS, readDonSettings } from './read-settings'

const STDOUT = 1
const STDERR = 2
/** A request names a directory and an id; more than this is none. */
const MAX_LINE_BYTES = 65_536

const unixSeconds = z.number().int().min(0).max(MAX_UNIX_SECONDS)

const requestSchema = z
  .object({
    runDir: z.string().startsWith('/'),
    requestId: z.string().min(1),
    slot: z.number().int().min(0).default(0),
    trigger: z.enum(['http', 'cron']).default('http'),
    /** When the schedule fires, in unix seconds. */
    at: unixSeconds.optional(),
  })
  .strict()

/** What goes out on stdout, one JSON object a line. */
type Frame =
  | { frame: 'ready' }
  | { frame: 'out' | 'err'; requestId: string; line: string }
  | { frame: 'end'; requestId: string; code: number; rssBytes: number }

/**
 * `CRE_SERVE=1 bun run main.ts`: runs that arrive as lines on stdin, one after another, in a process whose nodes stay
 * loaded. Ends with stdin; a line that is no request ends it with 2.
 */
export async function serve({ workflowDir }: { workflowDir: string }): Promise<never> {
  const stdout = createLineWriter((text) => writeText(STDOUT, text))
  const send = (frame: Frame): void => stdout.write(JSON.stringify(frame))
  const settings = () => readDonSettings({ workflowDir, env: process.env, args: process.argv.slice(2) })
  const don = await openDon(settings, { warm: true })
  if ('failure' in don) {
    writeText(STDERR, don.failure.map((line) => `${line}\n`).join(''))
    process.exit(2)
  }
  const { nodes } = don
  let code = 0
  void nodes.ended.then((end) => {
    stdout.flush()
    endAs(end)
  })
  try {
    send({ frame: 'ready' })
    collectWhenIdle()
    for await (const line of linesOf(Bun.stdin.stream(), MAX_LINE_BYTES)) {
      const request = requestOf(line)
      const { requestId } = request
      const streams = {
        out: (text: string) => send({ frame: 'out', requestId, line: text }),
        err: (text: string) => send({ frame: 'err', requestId, line: text }),
      }
      send({ frame: 'end', requestId, ...(await performRun(don, request, { streams, quiet: false })) })
      stdout.flush()
      collectWhenIdle()
    }
  } catch (error) {
    code = 2
    writeText(STDERR, `${failureLine(error)}\n`)
  }
  stdout.flush()
  nodes.kill()
  process.exit(code)
}

function requestOf(line: string): RunRequest {
  const parsed = requestSchema.safeParse(parseQuietly(line))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new HostError('HOST_ERROR', `no valid request: ${[...(issue?.path ?? []), issue?.message].join(' ')}`)
  }
  const { runDir, requestId, slot, trigger, at } = parsed.data
  return { runDir, privateRun: true, requestId, transmitterSlot: slot, trigger: { kind: trigger, at } }
}
