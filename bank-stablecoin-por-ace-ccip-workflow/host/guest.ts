/**
 * A node's guest: runs the unmodified workflow in a Worker of its own.
 * Nothing secret ever enters this realm: no keys, no environment, no file names but the program's.
 */
import { type GuestPort, openGuestPort } from './guest-port'
import { type GuestMessage, type HostMessage, MODE_DON } from './protocol'
import { seededRandom } from './random'

const scope = globalThis as unknown as Record<string, unknown>
const post = globalThis.postMessage.bind(globalThis) as (message: GuestMessage) => void

/** What a DON's engine does not have; taken away after the import, because Bun's lazy modules need some of them. */
const ABSENT_IN_A_DON = [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'EventSource',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'crypto',
  'performance',
  'navigator',
  'process',
  'require',
  'module',
  'Worker',
  'MessageChannel',
  'BroadcastChannel',
  'WebAssembly',
  'postMessage',
]

type Program = { main: () => Promise<void> }

let args = '[]'
let program: Program | undefined

function installGlobals(port: GuestPort): void {
  const number = (bytes: Uint8Array) => Number(new TextDecoder().decode(bytes))
  const random = seededRandom((mode) => BigInt(new TextDecoder().decode(port.ask({ op: 'seed', mode }))))
  let mode = MODE_DON
  Object.assign(scope, {
    versionV2: () => undefined,
    getWasiArgs: () => args,
    switchModes: (next: number) => {
      mode = next
      port.post({ op: 'mode', mode: next })
    },
    callCapability: (bytes: Uint8Array) => number(port.ask({ op: 'call', bytes })),
    awaitCapabilities: (bytes: Uint8Array, maxBytes: number) => port.ask({ op: 'await', bytes, maxBytes }),
    getSecrets: (bytes: Uint8Array) => number(port.ask({ op: 'secrets', bytes })),
    awaitSecrets: (bytes: Uint8Array, maxBytes: number) => port.ask({ op: 'awaitSecrets', bytes, maxBytes }),
    now: () => number(port.ask({ op: 'now' })),
    sleep: (millis: number) => port.sleep(millis),
    log: (text: string) => port.post({ op: 'log', text }),
    sendResponse: (bytes: Uint8Array) => {
      port.post({ op: 'respond', bytes })
      return 0
    },
  })
  Math.random = () => random(mode)
  const line = (...parts: unknown[]) => port.post({ op: 'console', text: parts.map(String).join(' ') })
  scope['console'] = { log: line, info: line, warn: line, error: line, debug: line }
}

async function load(message: Extract<HostMessage, { op: 'load' }>): Promise<void> {
  installGlobals(openGuestPort({ control: message.control, data: message.data, post }))
  program = (await import(message.program)) as Program
  for (const name of ABSENT_IN_A_DON) delete scope[name]
  post({ op: 'ready' })
}

async function execute(request: Uint8Array): Promise<void> {
  args = JSON.stringify(['wasi', Buffer.from(request).toString('base64')])
  try {
    await program?.main()
    post({ op: 'finished' })
  } catch (error) {
    post({ op: 'finished', error: error instanceof Error ? error.message : String(error) })
  }
}

globalThis.onmessage = async (event: MessageEvent<HostMessage>) => {
  const message = event.data
  if (message.op === 'load') await load(message)
  else await execute(message.request)
}
