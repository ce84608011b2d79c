// Opens the guest's end of the channel to the host.
import { type GuestMessage, type GuestMessages, LENGTH, SIGNAL, STATUS } from './protocol'

/** The guest's end of the channel. */
export type GuestPort = {
  /** Sends a message that has no answer: with the next one of another kind, for each wakes the host, whose thread all nodes share. */
  post: (message: GuestMessage) => void
  /** Sends a message that has no answer, and all that wait, at once. */
  postNow: (message: GuestMessage) => void
  /** Sends a message and sleeps until the host has answered; throws the host's sentence when it refused. */
  ask: (message: GuestMessage) => Uint8Array
  /** Begins a call of a capability: negative when there is none. Of one that there is, whoever awaits it hears what is wrong. */
  begin: (bytes: Uint8Array) => number
  /** Sleeps without burning the CPU. */
  sleep: (millis: number) => void
}

// The guest's globals lose them once the workflow is evaluated.
const { wait, load, store } = Atomics

/** Messages that may wait. */
const MAX_WAITING = 64
/** A serialized CapabilityRequest begins with its first field, the capability's id: tag, length, text. */
const ID_TAG = 0x0a

/**
 * Opens the guest's end over the shared memory that the host sent. A workflow that has changed what arrays inherit is no part
 * of it: what waits is a list of literals, and nothing of one run is known in the next.
 */
export function openGuestPort(params: {
  control: SharedArrayBuffer
  data: SharedArrayBuffer
  /** The capabilities that there are, by id. */
  capabilities: string[]
  post: (messages: GuestMessages) => void
}): GuestPort {
  const control = new Int32Array(params.control)
  const data = new Uint8Array(params.data)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const beginnings = params.capabilities.map((id) => [ID_TAG, id.length, ...new TextEncoder().encode(id)])
  let waiting: GuestMessages | undefined
  let count = 0
  const post = (message: GuestMessage): void => {
    waiting = { message, earlier: waiting }
    if (++count >= MAX_WAITING) flush()
  }
  const postNow = (message: GuestMessage): void => {
    post(message)
    flush()
  }
  const flush = (): void => {
    const messages = waiting
    waiting = undefined
    count = 0
    if (messages !== undefined) params.post(messages)
  }
  const ask = (message: GuestMessage): Uint8Array => {
    postNow(message)
    wait(control, SIGNAL, 0)
    const failed = load(control, STATUS) !== 0
    const answer = data.slice(0, load(control, LENGTH))
    store(control, SIGNAL, 0)
    if (failed) throw new Error(new TextDecoder().decode(answer))
    return answer
  }
  return {
    post,
    postNow,
    ask,
    begin(bytes) {
      if (!isServed(bytes, beginnings)) return Number(new TextDecoder().decode(ask({ op: 'call', bytes })))
      postNow({ op: 'begin', bytes })
      return 0
    },
    sleep(millis) {
      flush()
      wait(pause, 0, 0, millis)
    },
  }
}

/** Whether a serialized CapabilityRequest is for one of the capabilities. */
function isServed(bytes: Uint8Array, beginnings: number[][]): boolean {
  for (let index = 0; index < beginnings.length; index++) {
    const beginning = beginnings[index] as number[]
    let at = 0
    while (at < beginning.length && bytes[at] === beginning[at]) at++
    if (at === beginning.length) return true
  }
  return false
}
