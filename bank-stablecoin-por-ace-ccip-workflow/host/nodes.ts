// The nodes' process: carries out the runs that the signer's process sends on stdin, and asks it for signatures.
// It has no key, no environment and, on Linux, no files but those it is made of (see confine/).

import { HostError, WorkflowError } from './base/errors'
import { collectWhenIdle } from './base/idle'
import { createJournal } from './base/journal'
import { createLineWriter } from './base/line-writer'
import { linesOf } from './base/lines'
import { writeText } from './base/terminal'
import { type FrameInput, type ToNodes, decodeToNodes, encodeFromNodes } from './channel/messages'
import { createRemoteSignatory } from './channel/remote-signatory'
import { startFailure } from './run/ending'
import { type LocalDon, openLocalDon } from './run/local-don'
import type { Run } from './run/settings'

const STDOUT = 1

const stdout = createLineWriter((text) => writeText(STDOUT, text))
const send = (frame: FrameInput): void => stdout.write(encodeFromNodes(frame))
const sendNow = (frame: FrameInput): void => {
  send(frame)
  stdout.flush()
}
const signatory = createRemoteSignatory(sendNow)
let don: LocalDon | undefined

/** The DON, loaded; where there is none, that is the last word of the process. */
async function open({ settings, opening, warm }: Extract<ToNodes, { op: 'open' }>): Promise<void> {
  try {
    const opened = await openLocalDon({ settings, opening, signatory, single: !warm })
    if (warm) await opened.warmUp()
    don = opened
  } catch (error) {
    sendNow({ frame: 'failed', lines: startFailure(error) })
    process.exit(2)
  }
  sendNow({ frame: 'ready' })
}

/** One run; its end is the last that is said of it. */
async function carryOut(run: Run): Promise<void> {
  if (don === undefined) throw new HostError('HOST_ERROR', 'a run came before the DON was open')
  collectWhenIdle()
  let over = false
  const tell = (frame: FrameInput): void => {
    if (!over) send(frame)
  }
  const journal = createJournal({
    sinks: [(line, { level = 'info' }) => tell({ frame: 'journal', line, level })],
  })
  const { line, error } = await don.run(run, { journal, print: (text) => tell({ frame: 'out', line: text }) })
  over = true
  const code = error === undefined ? 0 : error instanceof WorkflowError ? 1 : 2
  sendNow({ frame: 'end', code, line, rssBytes: process.memoryUsage.rss() })
  collectWhenIdle()
}

async function serve(): Promise<never> {
  for await (const line of linesOf(Bun.stdin.stream(), Number.POSITIVE_INFINITY)) {
    const message = decodeToNodes(line)
    if (message.op === 'open') void open(message)
    else if (message.op === 'run') void carryOut(message.run)
    else signatory.settle(message)
  }
  process.exit(0)
}

void serve()
