// Runs the unmodified workflow in a node's Worker, one run after another.
// A run leaves nothing to the next one. A program whose inventory was taken is evaluated once, and whatever a run has changed
// of it is put back; any other is evaluated afresh. What was done to globals and intrinsics is undone.

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
import type { GuestMessages, HostMessage } from './protocol'
import { seededRandom } from './random'
import { confineRealm } from './realm'
import { type Scopes, collectScopes, hasHiddenState, watchFunctions } from './scopes'

const scope = globalThis as unknown as Record<string, unknown>
const post = globalThis.postMessage.bind(globalThis) as (messages: GuestMessages) => void

type Modules = Record<string, Record<string, unknown>>
type Program = { main: () => Promise<void> }
type Wrapper = (exports: object, require: (id: string) => unknown, module: { exports: object }) => void

/** The modules of Bun that packages of a workflow ask for. */
const RUNTIME_MODULES: Modules = { buffer, crypto, url }

/** Shared modules that only hold data: thousands of objects, which nothing ever changes. */
const DATA_MODULE = /\/(@chainlink\/cre-sdk\/dist\/generated|@bufbuild\/protobuf)\//

/** The host functions' own state, which begins anew with every run. */
type RunState = { args: string; mode: number; random: (mode: number) => number }

// The globals lose the first, and tell when the others are used. The workflow is a program of text; this thread is its sandbox.
const { setTimeout, eval: evaluateText, Function: NativeFunction } = globalThis

let port: GuestPort
let runState: RunState
let program: Program
let renew: () => string | undefined
/** Why the program is evaluated afresh for every run, where it is. */
let afresh: string | undefined

globalThis.addEventListener('message', (event: MessageEvent<HostMessage>) => {
  collectWhenIdle()
  const message = event.data
  if (message.op === 'load') loadProgram(message)
  else if (message.op === 'renew') prepareRun()
  else void executeRequest(message.request)
})

function loadProgram(message: Extract<HostMessage, { op: 'load' }>): void {
  if (message.program.engine !== 'bun') throw new Error('this guest runs JavaScript only')
  const { control, data, capabilities } = message
  port = openGuestPort({ control, data, capabilities, post })
  const early = createEarlyPort(port)
  installGlobals(early.port)
  watchFunctions()
  const code = loadCode(message.program)
  const begin = (): string | undefined => {
    const seedOf = (mode: number) => BigInt(new TextDecoder().decode(early.port.ask({ op: 'seed', mode })))
    runState = { args: '[]', mode: MODE_DON, random: seededRandom(seedOf) }
    return code.restore()
  }
  const evaluateAfresh = (): string | undefined => {
    let obstacle = begin()
    if (obstacle !== undefined) return obstacle
    const ready = early.attempt(code.evaluate)
    // Code that needs the host, or fails, is evaluated again in the run that it belongs to, which reports the failure.
    if (ready === undefined) obstacle = begin()
    let late: Program | undefined
    program = ready ?? { main: () => (late ??= code.evaluate()).main() }
    return obstacle
  }
  const beginAfresh = (reason: string | undefined): void => {
    afresh = reason
    renew = evaluateAfresh
    prepareRun()
  }
  if (code.evaluateOnce === undefined) return beginAfresh(code.afresh)
  begin()
  const settle = code.evaluateOnce(early.attempt)
  // What the program has left for later is done first.
  setTimeout(() => {
    const once = settle()
    if ('afresh' in once) return beginAfresh(once.afresh)
    program = once.program
    renew = begin
    prepareRun()
  }, 0)
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
      postNow: (message) => {
        pass()
        port.postNow(message)
      },
      ask: (message) => {
        pass()
        return port.ask(message)
      },
      begin: (bytes) => {
        pass()
        return port.begin(bytes)
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
  const ready = { op: 'ready', ...(afresh === undefined ? {} : { afresh }) } as const
  port.postNow(obstacle === undefined ? ready : { op: 'spoiled', reason: `${obstacle} cannot be restored` })
}

/** A program that was evaluated for all runs, or why it cannot be. */
type Once = { program: Program } | { afresh: string }

/** The code, compiled. */
type LoadedCode = {
  evaluate: () => Program
  /** Evaluates it for all runs; what that came to is told when the program has come to rest. */
  evaluateOnce: ((attempt: EarlyPort['attempt']) => () => Once) | undefined
  /** What the inventory says where it cannot be evaluated once. */
  afresh: string | undefined
  /** Puts back what the last run has changed; names what cannot be. */
  restore: () => string | undefined
}

/** Compiles the code, loads what is shared by all runs, and closes the realm around it. */
function loadCode({ code, single = false }: { code: GuestCode; single?: boolean }): LoadedCode {
  const collections = createCollections()
  const { modules } = callWrapper(compileWrapper(code.shared, { collections }).wrapper, provideRuntime) as {
    modules: Modules
  }
  const exported = (data: boolean) =>
    Object.entries(modules)
      .filter(([id]) => DATA_MODULE.test(id) === data)
      .flatMap(([, module]) => [module, ...Object.values(module).flatMap(namespaceMembers)])
  const realm = confineRealm({
    intrinsics: collections.classes,
    watched: [...exported(false), ...collections.seal()],
    frozen: exported(true),
  })
  const zods = Object.values(modules).flatMap(({ z }) => (z === undefined ? [] : [z as typeof Zod]))
  let errorMaps = zods.map((z) => z.defaultErrorMap as Zod.ZodErrorMap)
  let restoreScopes = (): void => undefined
  const provide = (id: string): unknown => modules[id] ?? provideRuntime(id)
  const { keep, afresh: unproved } = { keep: undefined, afresh: undefined, ...code.inventory }
  const evaluateOnce = (attempt: EarlyPort['attempt']): (() => Once) => {
    const scopes = collectScopes()
    const { wrapper, close } = compileWrapper(code.workflow, { collections, scopes, keep })
    const program = attempt(() => callWrapper(wrapper, provide) as Program)
    const conclude = (): Once => {
      close()
      const sealed = scopes.seal()
      if (program === undefined) return { afresh: 'it asks its host, or fails, while it is evaluated' }
      if ('obstacle' in sealed) return { afresh: sealed.obstacle }
      const harmed = realm.harmed()
      if (harmed !== undefined) return { afresh: `it changes ${harmed}` }
      const roots = [program, ...sealed.roots, ...collections.seal()]
      const isState = (object: object) => hasHiddenState(object, collections.owns)
      const held = realm.include({ ...sealed, roots, isState })
      if (held !== undefined) return { afresh: `it holds ${held}` }
      errorMaps = zods.map((z) => z.getErrorMap())
      restoreScopes = scopes.restore
      return { program }
    }
    return () => {
      const once = conclude()
      settle()
      return once
    }
  }
  const settle = (): void => {
    collections.close()
    realm.settle()
  }
  // For one run it would cost more than it gains.
  const forAll = keep !== undefined && !single
  if (!forAll) settle()
  let workflow: Wrapper | undefined
  return {
    evaluate: () => callWrapper((workflow ??= compileWrapper(code.workflow, { keep }).wrapper), provide) as Program,
    evaluateOnce: forAll ? evaluateOnce : undefined,
    afresh: unproved,
    restore() {
      const obstacle = realm.restore()
      collections.restore()
      restoreScopes()
      if (obstacle === undefined)
        for (let index = 0; index < zods.length; index++) zods[index]?.setErrorMap(errorMaps[index] as Zod.ZodErrorMap)
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

/** What a text is compiled with: others than the engine's own, and the name by which it calls what collects its scopes. */
type CompileOptions = {
  collections?: Pick<Collections, 'Map' | 'Set' | 'WeakMap'>
  scopes?: Pick<Scopes, 'keep' | 'Proxy'>
  keep?: string | undefined
}

/**
 * Strict, as modules are; Bun's own global is out of sight. What outlives a run has collections that can be put back; after `close` it
 * tells of no scope any more.
 */
function compileWrapper(text: string, options: CompileOptions): { wrapper: Wrapper; close: () => void } {
  const wrapper = text.replace(/^\/\/.*\n/, '')
  const { collections = globalThis, scopes, keep = 'keep' } = options
  const compile = evaluateText(
    `'use strict';((Map, Set, WeakMap, Proxy, Function, ${keep}, Bun) => ({ wrapper: ${wrapper}, close: () => { ${keep} = undefined } }))`,
  ) as (...values: unknown[]) => { wrapper: Wrapper; close: () => void }
  return compile(
    collections.Map,
    collections.Set,
    collections.WeakMap,
    scopes?.Proxy ?? Proxy,
    NativeFunction,
    scopes?.keep,
  )
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
    callCapability: port.begin,
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
  const line = (...parts: unknown[]) => port.postNow({ op: 'console', text: parts.map(String).join(' ') })
  scope['console'] = { log: line, info: line, warn: line, error: line, debug: line }
}

async function executeRequest(request: Uint8Array): Promise<void> {
  runState.args = JSON.stringify(['wasi', Buffer.from(request).toString('base64')])
  try {
    await program.main()
    port.postNow({ op: 'finished' })
  } catch (error) {
    port.postNow({ op: 'finished', error: String(error) })
  }
}
