/** Keeps one event stream open: from the last event on, with growing pauses, until it is told to stop. */
import type { CreError } from './error'
import { type Send, jitter, sleep } from './http'
import { readEvents } from './sse'
import type { GatewayEvent } from './types'

export interface StreamUser {
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
export function keepOpen(send: Send, signal: AbortSignal, { after, path, ...user }: StreamUser): () => void {
  let again = new AbortController()
  let failures = 0

  let silence: ReturnType<typeof setTimeout> | undefined
  const beginSilence = (): void => {
    clearTimeout(silence)
    silence = setTimeout(reopen, SILENCE_MS)
  }
  const reopen = (): void => again.abort()
  const onBytes = (): void => {
    failures = 0
    beginSilence()
    user.onBytes?.()
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      again = new AbortController()
      const stop = AbortSignal.any([signal, again.signal])
      const where = path()
      let pause = where ? jitter(500) : 2 ** 31 - 1
      if (where) {
        beginSilence()
        try {
          const { body, headers } = await send(where, {
            headers: { accept: 'text/event-stream', ...(after && { 'last-event-id': `${after}` }) },
            signal: stop,
            repeatable: false,
          })
          if (!body || !/^text.event/.test(`${headers.get('content-type')}`)) throw new Error()
          user.onOpen()
          for await (const data of readEvents(body, onBytes)) {
            const event: GatewayEvent = JSON.parse(data)
            after = event.seq
            user.onEvent(event)
          }
        } catch (error) {
          const { retryAfterSeconds = 0 } = error as Partial<CreError>
          pause = retryAfterSeconds * 1_000 || jitter(Math.min(1_000 * 2 ** failures++, LONGEST_PAUSE_MS))
        }
        clearTimeout(silence)
        if (!signal.aborted) user.onDown()
      }
      await sleep(pause, stop).catch(() => {})
    }
  }
  void run()
  return reopen
}
