// Runs the unmodified workflow in a node's Worker, one run after another.
// A run leaves nothing to the next one: the code is evaluated afresh, and what was done to globals and intrinsics is undone.

// Nothing secret ever enters this realm: no keys, no environment, no file names.
import * as buffer from 'node:buffer'
import * as crypto from 'node:crypto'
import * as url from 'node:url'
import type { z as Zod } from 'zod'
import { collectWhenIdle } from '../base/idle'
import { MODE_DON } from '../base/mode'
import type { GuestCode } from './code'
import { type Collections, createCollections } from './collections'
import { type GuestPort, openGuestPort } from './port'
import type { GuestMessage, HostMessage } from './protocol'
import { seededRandom } from './random'
import { type Realm, confineRealm } from './realm'

const scope = globalThis as unknown as Record<string, unknown>
const post = globalThis.postMessage.bind(globalThis) as (message: GuestMessage) => void

type Modules = Record<string, Record<string, unknown>>
type Program = { main: () => Promise<void> }
type Wrapper = (exports: object, require: (id: string) => unknown, module: { exports: object }) => void

/** The modules of Bun that packages of a workflow ask for. */
const RUNTIME_MODULES: Modules = { buffer, crypto, url }

/** Shared modules that only hold data: thousands of objects, which nothing ever changes. */
const DATA_MODULE = /\/(@chainlink\/cre-sdk\/dist\/generated|@bufbuild\/protobuf)\//

/** The host functions' own state, which begins anew with every run. */
type RunState = { args: string; mode: number; random: (mode: number) => number }

let runState: RunState
let program: Program
let renew: () => string | undefined

globalThis.addEventListener('message', (event: MessageEvent<HostMessage>) => {
  collectWhenIdle()
  const message = event.data
  if (message.op === 'load') loadProgram(message)
  else if (message.op === 'renew') prepareRun()
  else void executeRequest(message.request)
})

function loadProgram(message: Extract<HostMessage, { op: 'load' }>): void {
  if (message.program.engine !== 'bun') throw new Error('this guest runs JavaScript only')
  const port = openGuestPort({ control: message.control, data: message.data, post })
  const early = createEarlyPort(port)
  installGlobals(early.port)
  const { evaluate, restore } = loadCode(message.program.code)
  const begin = (): string | undefined => {
    const seedOf = (mode: number) => BigInt(new TextDecoder().decode(early.port.ask({ op: 'seed', mode })))
    runState = { args: '[]', mode: MODE_DON, random: seededRandom(seedOf) }
    return restore()
  }
  renew = () => {
    let obstacle = begin()
    if (obstacle !== undefined) return obstacle
    const ready = early.attempt(evaluate)
    // Code that needs the host, or fails, is evaluated again in the run that it belongs to, which reports the failure.
    if (ready === undefined) obstacle = begin()
    let late: Program | undefined
    program = ready ?? { main: () => (late ??= evaluate()).main() }
    return obstacle
  }
  prepareRun()
}

/** A port that is closed while code is evaluated ahead of its run: the host does not answer then. */
type EarlyPort = {
  port: GuestPort
  /** The result, unless the work failed or would have used the port. */
  attempt: <Result>(work: () => Result) => Result | undefined
}

function createEarlyPort(port: GuestPort): EarlyPort {
  let closed = false
  let tried = false
  const pass = (): void => {
    tried ||= closed
    if (closed) throw new Error('the run has not begun')
  }
  return {
    port: {
      post: (message) => {
        pass()
        port.post(message)
      },
      ask: (message) => {
        pass()
        return port.ask(message)
      },
      sleep: (millis) => {
        pass()
        port.sleep(millis)
      },
    },
    attempt(work) {
      closed = true
      tried = false
      try {
        const result = work()
        return tried ? undefined : result
      } catch {
        return undefined
      } finally {
        closed = false
      }
    },
  }
}

function prepareRun(): void {
  const obstacle = renew()
  post(obstacle === undefined ? { op: 'ready' } : { op: 'spoiled', reason: `${obstacle} cannot be restored` })
}

/** Compiles the code, loads what is shared by all runs, and closes the realm around it. */
function loadCode(code: GuestCode): { evaluate: () => Program; restore: Realm['restore'] } {
  const collections = createCollections()
  const { modules } = callWrapper(compileWrapper(code.shared, collections), provideRuntime) as { modules: Modules }
  const workflow = compileWrapper(code.workflow)
  const exported = (data: boolean) =>
    Object.entries(modules)
      .filter(([id]) => DATA_MODULE.test(id) === data)
      .flatMap(([, module]) => [module, ...Object.values(module).flatMap(namespaceMembers)])
  const realm = confineRealm({ watched: [...exported(false), ...collections.seal()], frozen: exported(true) })
  const settings = Object.values(modules).flatMap(({ z }) => (z === undefined ? [] : [z as typeof Zod]))
  const provide = (id: string): unknown => modules[id] ?? provideRuntime(id)
  return {
    evaluate: () => callWrapper(workflow, provide) as Program,
    restore() {
      const obstacle = realm.restore()
      collections.restore()
      if (obstacle === undefined) for (const z of settings) z.setErrorMap(z.defaultErrorMap)
      return obstacle
    },
  }
}

/** An exported namespace, such as zod's `z`, has getters, which a look at its properties does not follow. */
function namespaceMembers(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function provideRuntime(id: string): unknown {
  const module = RUNTIME_MODULES[id]
  if (module === undefined) throw new Error(`a DON's engine has no module ${id}`)
  return module
}

/** Strict, as modules are; Bun's own global is out of sight. What outlives a run has collections that can be put back. */
function compileWrapper(text: string, collections: Pick<Collections, 'Map' | 'Set' | 'WeakMap'> = globalThis): Wrapper {
  const wrapper = text.replace(/^\/\/.*\n/, '')
  // biome-ignore lint/security/noGlobalEval: the compiled workflow is a program, and this thread is its sandbox
  const evaluate = globalThis.eval
  const compile = evaluate(`'use strict';((Map, Set, WeakMap, Bun) => ${wrapper})`) as (...values: unknown[]) => Wrapper
  return compile(collections.Map, collections.Set, collections.WeakMap)
}

function callWrapper(wrapper: Wrapper, provide: (id: string) => unknown): object {
  const module = { exports: {} }
  wrapper(module.exports, provide, module)
  return module.exports
}

function installGlobals(port: GuestPort): void {
  const number = (bytes: Uint8Array) => Number(new TextDecoder().decode(bytes))
  Object.assign(scope, {
    versionV2: () => undefined,
    getWasiArgs: () => runState.args,
    switchModes: (next: number) => {
      runState.mode = next
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
  Math.random = () => runState.random(runState.mode)
  const line = (...parts: unknown[]) => port.post({ op: 'console', text: parts.map(String).join(' ') })
  scope['console'] = { log: line, info: line, warn: line, error: line, debug: line }
}

async function executeRequest(request: Uint8Array): Promise<void> {
  runState.args = JSON.stringify(['wasi', Buffer.from(request).toString('base64')])
  try {
    await program.main()
    post({ op: 'finished' })
  } catch (error) {
    post({ op: 'finished', error: String(error) })
  }
}
