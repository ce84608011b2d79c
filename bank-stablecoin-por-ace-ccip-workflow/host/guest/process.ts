// Starts a node's Worker, and speaks with it for the host.
import {
  CONTROL_WORDS,
  DATA_BYTES,
  type GuestMessage,
  type GuestMessages,
  type GuestProgram,
  type HostMessage,
  LENGTH,
  SIGNAL,
  STATUS,
} from './protocol'

/** A running guest as the host sees it. */
export type GuestProcess = {
  /** Resolves when the guest has loaded the program afresh; rejects with the reason when it ended instead. */
  ready: () => Promise<void>
  /** Sets who gets the guest's messages from now on; without a listener they are dropped. */
  setListener: (listener: GuestListener | undefined) => void
  send: (message: HostMessage) => void
  /** Wakes the guest with the answer to what it asked. */
  answer: (bytes: Uint8Array) => void
  /** Wakes the guest with a refusal. */
  refuse: (sentence: string) => void
  /** Has the guest forget the run that is over; resolves and rejects as `ready`. */
  renew: () => Promise<void>
  /** Why the workflow is evaluated afresh for every run, where it is. */
  afresh: () => string | undefined
  /** Whether the guest was stopped, or has ended by itself. */
  stopped: () => boolean
  /** Why it ended, when nobody had stopped it. */
  failure: () => string | undefined
  /** Ends the guest; resolves when its thread is gone. */
  stop: () => Promise<void>
}

/** Gets a guest's messages during a run, and the reason when it ended unasked. */
export type GuestListener = {
  onMessage: (message: RunMessage) => void
  onCrash: (reason: string) => void
}

/** A message of a guest during a run. */
export type RunMessage = Exclude<GuestMessage, { op: 'ready' | 'spoiled' }>

/** Where a guest's Worker starts, and what it runs. */
export type GuestStart = { name: string; guestUrl: string; program: GuestProgram; capabilities: string[] }

/** Starts a guest and has it load the program. */
export function startGuest({ name, guestUrl, program, capabilities }: GuestStart): GuestProcess {
  const control = new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT)
  const data = new SharedArrayBuffer(DATA_BYTES)
  const words = new Int32Array(control)
  const buffer = new Uint8Array(data)
  const worker = new Worker(guestUrl, { name, env: {}, smol: true } as WorkerOptions)
  const closed = Promise.withResolvers<void>()
  let listener: GuestListener | undefined
  let ready = quietPromise()
  let stopped = false

  const wakeGuest = (bytes: Uint8Array, status: number): void => {
    if (stopped) return
    buffer.set(bytes)
    words[STATUS] = status
    words[LENGTH] = bytes.length
    Atomics.store(words, SIGNAL, 1)
    Atomics.notify(words, SIGNAL)
  }
  const refuse = (sentence: string): void => wakeGuest(new TextEncoder().encode(sentence).subarray(0, buffer.length), 1)
  const send = (message: HostMessage): void => {
    if (!stopped) worker.postMessage(message)
  }
  const stop = (): Promise<void> => {
    if (!stopped) worker.terminate()
    stopped = true
    return closed.promise
  }
  let failure: string | undefined
  let afresh: string | undefined
  const crash = (reason: string): void => {
    if (stopped) return
    failure = reason
    void stop()
    ready.reject(new Error(reason))
    listener?.onCrash(reason)
  }
  const take = (message: GuestMessage): void => {
    if (stopped) return
    if (message.op === 'ready') {
      afresh = message.afresh
      ready.resolve()
    } else if (message.op === 'spoiled') crash(message.reason)
    else listener?.onMessage(message)
  }
  worker.onmessage = ({ data: messages }: MessageEvent<GuestMessages>) => inOrder(messages).forEach(take)
  worker.onerror = (event) => crash(`crashed: ${event.message.split('\n')[0]}`)
  worker.addEventListener('close', () => {
    closed.resolve()
    crash('ended unexpectedly')
  })
  send({ op: 'load', control, data, program, capabilities })
  return {
    ready: () => ready.promise,
    setListener: (next) => {
      listener = next
    },
    send,
    answer: (bytes) =>
      bytes.length > buffer.length
        ? refuse(`answer of ${bytes.length} bytes exceeds the response size`)
        : wakeGuest(bytes, 0),
    refuse,
    renew: () => {
      ready = quietPromise()
      send({ op: 'renew' })
      return ready.promise
    },
    afresh: () => afresh,
    stopped: () => stopped,
    failure: () => failure,
    stop,
  }
}

function inOrder(messages: GuestMessages): GuestMessage[] {
  const latestFirst: GuestMessage[] = []
  for (let at: GuestMessages | undefined = messages; at !== undefined; at = at.earlier) latestFirst.push(at.message)
  return latestFirst.reverse()
}

/** A promise whose rejection needs no handler. */
function quietPromise(): PromiseWithResolvers<void> {
  const resolvers = Promise.withResolvers<void>()
  resolvers.promise.catch(() => undefined)
  return resolvers
}
