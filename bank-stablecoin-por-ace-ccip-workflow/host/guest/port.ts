// Opens the guest's end of the channel to the host.
import { type GuestMessage, LENGTH, SIGNAL, STATUS } from './protocol'

/** The guest's end of the channel. */
export type GuestPort = {
  /** Sends a message that has no answer. */
  post: (message: GuestMessage) => void
  /** Sends a message and sleeps until the host has answered; throws the host's sentence when it refused. */
  ask: (message: GuestMessage) => Uint8Array
  /** Sleeps without burning the CPU. */
  sleep: (millis: number) => void
}

// The guest's globals lose them once the workflow is evaluated.
const { wait, load, store } = Atomics

/** Opens the guest's end over the shared memory that the host sent. */
export function openGuestPort(params: {
  control: SharedArrayBuffer
  data: SharedArrayBuffer
  post: (message: GuestMessage) => void
}): GuestPort {
  const control = new Int32Array(params.control)
  const data = new Uint8Array(params.data)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const { post } = params
  return {
    post,
    ask(message) {
      post(message)
      wait(control, SIGNAL, 0)
      const failed = load(control, STATUS) !== 0
      const answer = data.slice(0, load(control, LENGTH))
      store(control, SIGNAL, 0)
      if (failed) throw new Error(new TextDecoder().decode(answer))
      return answer
    },
    sleep(millis) {
      wait(pause, 0, 0, millis)
    },
  }
}
