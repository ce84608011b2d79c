import { CONTROL_WORDS, DATA_BYTES, type GuestMessage, type HostMessage, LENGTH, SIGNAL, STATUS } from './protocol'

/** A running guest as the host sees it. */
export type GuestProcess = {
  send: (message: HostMessage) => void
  /** Wakes the guest with the answer to what it asked. */
  answer: (bytes: Uint8Array) => void
  /** Wakes the guest with a refusal. */
  refuse: (sentence: string) => void
  /** Ends the guest; resolves when its thread is gone. */
  stop: () => Promise<void>
}

/** Starts a guest and has it load the program. `onCrash` hears of an end that nobody asked for. */
export function startGuest(params: {
  name: string
  guestUrl: string
  program: string
  onMessage: (message: GuestMessage) => void
  onCrash: (reason: string) => void
}): GuestProcess {
  const control = new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT)
  const data = new SharedArrayBuffer(DATA_BYTES)
  const words = new Int32Array(control)
  const buffer = new Uint8Array(data)
  const worker = new Worker(params.guestUrl, { name: params.name, env: {} } as WorkerOptions)
  const closed = Promise.withResolvers<void>()
  let stopped = false

  const wake = (bytes: Uint8Array, status: number): void => {
    if (stopped) return
    buffer.set(bytes)
    words[STATUS] = status
    words[LENGTH] = bytes.length
    Atomics.store(words, SIGNAL, 1)
    Atomics.notify(words, SIGNAL)
  }
  const stop = (): Promise<void> => {
    if (!stopped) worker.terminate()
    stopped = true
    return closed.promise
  }
  const crash = (reason: string): void => {
    if (stopped) return
    void stop()
    params.onCrash(reason)
  }
  worker.onmessage = (event: MessageEvent<GuestMessage>) => {
    if (!stopped) params.onMessage(event.data)
  }
  worker.onerror = (event) => crash(`crashed: ${event.message.split('\n')[0]}`)
  worker.addEventListener('close', () => {
    closed.resolve()
    crash('ended unexpectedly')
  })
  worker.postMessage({ op: 'load', control, data, program: params.program } satisfies HostMessage)
  return {
    send: (message) => {
      if (!stopped) worker.postMessage(message)
    },
    answer: (bytes) =>
      bytes.length > buffer.length
        ? wake(new TextEncoder().encode(`answer of ${bytes.length} bytes exceeds the response size`), 1)
        : wake(bytes, 0),
    refuse: (sentence) => wake(new TextEncoder().encode(sentence).subarray(0, buffer.length), 1),
    stop,
  }
}
