/** `@cre-backend/client/events`: what happens at the gateway, live, over one stream in all tabs. */
import type { CreClient } from './client'
import { type Line, join } from './share'
import { keepOpen } from './stream'
import type { GatewayEvent } from './types'

export interface EventListener {
  event(event: GatewayEvent): void
  /** With `true`, everything from now on is heard: read what you show. With `false`, what you show grows old. */
  live?(isLive: boolean): void
}

type Message = { ask: true } | { live: boolean } | { event: GatewayEvent }

type Follow = (listener: EventListener) => () => void

const feeds = new WeakMap<CreClient, Follow>()

/** Hears of everything that the caller may know, until the answer is called. */
export function followEvents(client: CreClient, listener: EventListener): () => void {
  const follow = feeds.get(client) ?? eventFeed(client)
  feeds.set(client, follow)
  return follow(listener)
}

function eventFeed({ send, shareName }: Pick<CreClient, 'send' | 'shareName'>): Follow {
  const listeners = new Set<EventListener>()
  let line: Line | undefined
  let isLeader = false
  let isLive = false
  let last: number | undefined

  const hear = (message: unknown): void => {
    const said = message as Message
    if ('ask' in said) {
      if (isLeader) line?.post({ live: isLive })
    } else if ('live' in said) {
      if (said.live !== isLive) for (const listener of [...listeners]) listener.live?.(said.live)
      isLive = said.live
    } else if (last === undefined || said.event.seq > last) {
      last = said.event.seq
      for (const listener of [...listeners]) listener.event(said.event)
    }
  }

  const tell = (message: Message): void => {
    line?.post(message)
    hear(message)
  }

  const lead = (signal: AbortSignal): (() => void) => {
    isLeader = true
    tell({ live: false })
    keepOpen(send, signal, {
      after: last,
      path: () => '/events',
      onOpen: () => tell({ live: true }),
      onDown: () => tell({ live: false }),
      onEvent: (event) => tell({ event }),
    })
    return () => {
      isLeader = false
    }
  }

  return (listener) => {
    listeners.add(listener)
    if (line) {
      if (isLive) listener.live?.(true)
    } else {
      line = join(shareName && `${shareName} events`, lead, hear)
      line.post({ ask: true } satisfies Message)
    }
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      line?.close()
      line = last = undefined
      isLive = false
    }
  }
}
