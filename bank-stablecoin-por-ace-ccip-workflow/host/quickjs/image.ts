// Keeps what the engine is once it has evaluated the workflow, so that every phase starts from there and not from nothing.
import type { GuestPort } from '../guest/port'
import {
  type Area,
  type Engine,
  type Surroundings,
  compileSource,
  instantiateEngine,
  invokeBytecode,
  placeBytes,
  startEngine,
} from './engine'
import { PAGE_BYTES, STACK_POINTER } from './plugin'

/**
 * All state of an engine that has evaluated the workflow, but has not called its `main`: the linear memory, the stack
 * pointer, and where in the memory the bytecode lies that calls it.
 */
export type MemoryImage = { memory: Uint8Array; stackPointer: number; start: Area }

/** How the bundle of `cre-compile` ends, before its exports. */
const CALL_OF_MAIN = /^(main\d*\(\)\.catch\(\w+\));$/gm
/** Where the evaluated bundle leaves its call of `main`; nobody sees it, for the call itself takes it away. */
const HANDOVER = '__main'
/** Free memory of the image, so that an ordinary phase need not grow what cannot shrink. */
const RESERVE_BYTES = 8 * 1024 * 1024

/**
 * The image of a bundle; undefined when the bundle does not end as expected, fails, or asks its host while it is evaluated:
 * then what it got belongs to the run. Promises that evaluation settled have run their course, where a DON calls `main` first.
 */
export function captureImage(params: { plugin: WebAssembly.Module; source: string }): MemoryImage | undefined {
  const { plugin, source } = params
  if ([...source.matchAll(CALL_OF_MAIN)].length !== 1) return undefined
  const { surroundings, hasAsked } = closedSurroundings()
  const compile = (text: string) =>
    compileSource(startEngine(plugin, closedSurroundings().surroundings), new TextEncoder().encode(text))
  const engine = startEngine(plugin, surroundings)
  const start = placeBytes(engine, compile(`const m = ${HANDOVER}; delete globalThis.${HANDOVER}; m();`))
  const stackPointer: number = engine.exports[STACK_POINTER].value
  const bundle = compile(source.replaceAll(CALL_OF_MAIN, `globalThis.${HANDOVER} = () => $1;`))
  const asked = hasAsked()
  const invoke = (bytecode: Uint8Array) => invokeBytecode(engine, placeBytes(engine, bytecode))
  if (invoke(bundle) !== undefined || hasAsked() > asked) return undefined
  const reserve = compile(`new ArrayBuffer(${RESERVE_BYTES});`)
  if (invoke(reserve) !== undefined) return undefined
  return { memory: engine.memory.copy(0, engine.exports.memory.buffer.byteLength), stackPointer, start }
}

/** Runs phase after phase, each from the image. */
export type ImageRunner = {
  /** Calls `main`; gives what was printed when it ended otherwise than it should. */
  run: () => string | undefined
  /** Forgets the last phase. */
  reset: () => void
}

/** A runner of phases; `reset` must have been called between two. */
export function createImageRunner(
  plugin: WebAssembly.Module,
  image: MemoryImage,
  surroundings: Surroundings,
): ImageRunner {
  const restored = (engine: Engine): Engine => {
    engine.memory.write(0, image.memory)
    engine.exports[STACK_POINTER].value = image.stackPointer
    return engine
  }
  const begin = (): Engine => {
    const engine = instantiateEngine(plugin, surroundings)
    const { memory } = engine.exports
    memory.grow((image.memory.length - memory.buffer.byteLength) / PAGE_BYTES)
    return restored(engine)
  }
  let engine = begin()
  return {
    run: () => invokeBytecode(engine, image.start),
    reset: () => {
      // Memory that has grown does not shrink.
      const grown = engine.exports.memory.buffer.byteLength > image.memory.length
      engine = grown ? begin() : restored(engine)
    },
  }
}

/** Surroundings without a host, which count how often they are asked for something. */
export function closedSurroundings(): { surroundings: Surroundings; hasAsked: () => number } {
  let asked = 0
  const refuse = (): never => {
    asked++
    throw new Error('there is no host yet')
  }
  const post = (): void => void asked++
  const port: GuestPort = { post, postNow: post, ask: refuse, begin: refuse, sleep: refuse }
  const clockMillis = (): number => {
    asked++
    return 0
  }
  const args = (): string[] => {
    asked++
    return []
  }
  return { surroundings: { port, args, clockMillis }, hasAsked: () => asked }
}
