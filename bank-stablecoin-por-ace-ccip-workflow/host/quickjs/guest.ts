// Runs the workflow in a node's Worker, inside Chainlink's QuickJS plugin.
import { type GuestPort, openGuestPort } from '../guest/port'
import type { GuestMessages, HostMessage, QuickJsProgram } from '../guest/protocol'
import { type Surroundings, invokeBytecode, placeBytes, startEngine } from './engine'
import { createImageRunner } from './image'

const post = globalThis.postMessage.bind(globalThis) as (messages: GuestMessages) => void

/** Runs one phase after another; nothing of one is left in the next. */
type PhaseRunner = {
  /** Gives what the engine said when the phase ended otherwise than it should. */
  run: (request: Uint8Array) => string | undefined
  /** Makes ready for the next phase. */
  reset: () => void
}

let runner: PhaseRunner | undefined
let port: GuestPort

globalThis.onmessage = ({ data: message }: MessageEvent<HostMessage>) => {
  if (message.op === 'renew') return port.postNow({ op: 'ready' })
  if (message.op === 'load') {
    if (message.program.engine !== 'quickjs') throw new Error('this guest runs bytecode only')
    const { control, data, capabilities } = message
    port = openGuestPort({ control, data, capabilities, post })
    runner = createRunner(message.program, port)
    return port.postNow({ op: 'ready' })
  }
  const error = runner?.run(message.request)
  port.postNow(error === undefined ? { op: 'finished' } : { op: 'finished', error })
  runner?.reset()
}

function createRunner({ plugin, bytecode, image }: QuickJsProgram, port: GuestPort): PhaseRunner {
  let args: string[] = []
  const surroundings: Surroundings = { port, args: () => args, clockMillis: () => Date.now() }
  const fresh = {
    run: () => {
      const engine = startEngine(plugin, surroundings)
      return invokeBytecode(engine, placeBytes(engine, bytecode))
    },
    reset: () => undefined,
  }
  const { run, reset } = image === undefined ? fresh : createImageRunner(plugin, image, surroundings)
  return {
    run(request) {
      args = ['wasi', Buffer.from(request).toString('base64')]
      return run()
    },
    reset,
  }
}
