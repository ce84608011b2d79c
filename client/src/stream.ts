/** Keeps one event stream open: from the last event on, with growing pauses, until it is told to stop. */
import type { CreError } from './error'
import { type Send, jitter, sleep } from './http'
import { readEvents } from './sse'
import type { GatewayEvent } from './types'

export interface StreamUser {
  send: Send
  signal: AbortSignal
  /** Continues after this event. */
  after?: number | undefined
  /** What to open now; undefined while there is nothing to follow. */
  path(): string | undefined
  onEvent(event: GatewayEvent): void
  /** Everything that happens from now on is heard. */
  onOpen(): void
  /** Something came through, if only a comment: nobody in between holds it back. */
  onBytes?(): void
  onDown(): void
}

/** The gateway sends a comment every 15 s; a stream that is silent for longer is dead. */
const SILENCE_MS = 45_000
const LONGEST_PAUSE_MS = 30_000

/** Begins; answers with what opens it anew, because `path` has changed. */
export function keepOpen({ send, signal, after, path, onEvent, onOpen, onBytes, onDown }: StreamUser): () => void {
  let again = new AbortController()
  let failures = 0

  const follow = async (where: string, stop: AbortSignal, silence: () => void): Promise<void> => {
    const headers = { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': String(after) }) }
    const { body, headers: told } = await send(where, { headers, signal: stop, repeatable: false })
    if (!body || !told.get('content-type')?.startsWith('text/event-stream')) throw new Error('no event stream')
    onOpen()
    const heard = (): void => {
      failures = 0
      silence()
      onBytes?.()
    }
    for await (const { data } of readEvents(body, heard)) {
      const event: GatewayEvent = JSON.parse(data)
      after = event.seq
      onEvent(event)
    }
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      again = new AbortController()
      const dead = new AbortController()
      const changed = AbortSignal.any([signal, again.signal])
      const where = path()
      let timer: ReturnType<typeof setTimeout> | undefined
      const silence = (): void => {
        clearTimeout(timer)
        timer = setTimeout(() => dead.abort(), SILENCE_MS)
      }
      let pause = where === undefined ? 2 ** 31 - 1 : jitter(500)
      if (where !== undefined) {
        silence()
        try {
          await follow(where, AbortSignal.any([changed, dead.signal]), silence)
        } catch (error) {
          const { retryAfterSeconds } = error as Partial<CreError>
          pause = retryAfterSeconds
            ? retryAfterSeconds * 1_000
            : jitter(Math.min(1_000 * 2 ** failures++, LONGEST_PAUSE_MS))
        }
        clearTimeout(timer)
        if (!signal.aborted) onDown()
      }
      await sleep(pause, changed).catch(() => {})
    }
  }

  void run()
  return () => again.abort()
}
