// Serves run after run to the lines on stdin, in one process whose nodes stay loaded.
import { z } from 'zod'
import { HostError } from '../base/errors'
import { collectWhenIdle } from '../base/idle'
import { failureLine } from '../run/ending'
import { type LocalDon, openLocalDon } from '../run/local-don'
import type { RunRequest } from '../run/settings'
import { createLineWriter } from './line-writer'
import { performRun, startFailure } from './perform'
import { readDonSettings } from './read-settings'
import { writeText } from './terminal'

const STDOUT = 1
const STDERR = 2
/** A request names a directory and an id; more than this is none. */
const MAX_LINE_BYTES = 65_536

const requestSchema = z
  .object({
    runDir: z.string().startsWith('/'),
    requestId: z.string().min(1),
    slot: z.number().int().min(0).default(0),
    trigger: z.enum(['http', 'cron']).default('http'),
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
  let code = 0
  try {
    const don = await openDon(workflowDir)
    if (don === undefined) process.exit(2)
    send({ frame: 'ready' })
    collectWhenIdle()
    for await (const line of linesOf(Bun.stdin.stream())) {
      const request = requestOf(line)
      const { requestId } = request
      const streams = {
        out: (text: string) => send({ frame: 'out', requestId, line: text }),
        err: (text: string) => send({ frame: 'err', requestId, line: text }),
      }
      const ended = await performRun(don, request, { streams, quiet: false })
      send({ frame: 'end', requestId, code: ended, rssBytes: process.memoryUsage.rss() })
      stdout.flush()
      collectWhenIdle()
    }
  } catch (error) {
    code = 2
    writeText(STDERR, `${failureLine(error)}\n`)
  }
  stdout.flush()
  process.exit(code)
}

/** The DON, loaded; undefined when it told why there is none. */
async function openDon(workflowDir: string): Promise<LocalDon | undefined> {
  try {
    const don = await openLocalDon(readDonSettings({ workflowDir, env: process.env, args: process.argv.slice(2) }))
    await don.warmUp()
    return don
  } catch (error) {
    writeText(
      STDERR,
      startFailure(error)
        .map((text) => `${text}\n`)
        .join(''),
    )
    return undefined
  }
}

function requestOf(line: string): RunRequest {
  const parsed = requestSchema.safeParse(jsonOf(line))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new HostError('HOST_ERROR', `no valid request: ${[...(issue?.path ?? []), issue?.message].join(' ')}`)
  }
  const { runDir, requestId, slot, trigger } = parsed.data
  return { runDir, privateRun: true, requestId, transmitterSlot: slot, trigger: { kind: trigger } }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The lines of a stream, also a last one without an end; an empty one is none. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_BYTES) throw new HostError('HOST_ERROR', 'no valid request: the line is too long')
    yield* lines.filter((line) => line.trim() !== '')
  }
  if (rest.trim() !== '') yield rest
}
