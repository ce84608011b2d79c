// Instantiates Chainlink's QuickJS plugin, to compile code or to run it.
import type { GuestPort } from '../guest/port'
import { creImports } from './imports'
import { type GuestMemory, guestMemory } from './memory'
import type { STACK_POINTER } from './plugin'
import { GuestExit, wasi } from './wasi'

/** Exports of the plugin: Javy's plugin interface, and what `preparePlugin` adds. */
type PluginExports = {
  memory: WebAssembly.Memory
  cabi_realloc: (pointer: number, size: number, alignment: number, newSize: number) => number
  'initialize-runtime': () => void
  'compile-src': (pointer: number, length: number) => number
  invoke: (pointer: number, length: number, named: number, name: number, nameLength: number) => void
} & { [STACK_POINTER]: WebAssembly.Global }

/** What an engine can ask its surroundings. */
export type Surroundings = { port: GuestPort; args: () => string[]; clockMillis: () => number }

/** Bytes in the engine's memory. */
export type Area = { pointer: number; length: number }

/** An instance of the engine. */
export type Engine = { exports: PluginExports; memory: GuestMemory; output: () => string }

/** An engine whose memory and globals are those of its module: nothing has run in it. */
export function instantiateEngine(plugin: WebAssembly.Module, { port, args, clockMillis }: Surroundings): Engine {
  let printed = ''
  // The imports are called only once the instance is there.
  const memory = guestMemory(() => exports.memory)
  const instance = new WebAssembly.Instance(plugin, {
    env: creImports({ memory, port }),
    wasi_snapshot_preview1: wasi({
      ...{ memory, args, clockMillis },
      sleep: port.sleep,
      print: (text) => {
        printed = `${printed}${text}\n`.slice(-2_000)
        port.postNow({ op: 'console', text })
      },
    }),
  } as WebAssembly.Imports)
  const exports = instance.exports as PluginExports
  return { exports, memory, output: () => printed.trim() }
}

/** An engine that can take code. */
export function startEngine(plugin: WebAssembly.Module, surroundings: Surroundings): Engine {
  const engine = instantiateEngine(plugin, surroundings)
  engine.exports['initialize-runtime']()
  return engine
}

/** Compiles JavaScript to the engine's bytecode; throws the engine's message. */
export function compileSource({ exports, memory }: Engine, source: Uint8Array): Uint8Array {
  const { pointer, length } = placeBytes({ exports, memory }, source)
  const area = exports['compile-src'](pointer, length)
  const result = memory.copy(memory.u32(area + 4), memory.u32(area + 8))
  if (memory.u32(area) !== 0) throw new Error(`the engine does not compile it: ${new TextDecoder().decode(result)}`)
  return result
}

/** Runs bytecode that lies in the engine's memory; gives what it printed when it ended otherwise than it should. */
export function invokeBytecode({ exports, output }: Engine, { pointer, length }: Area): string | undefined {
  try {
    exports.invoke(pointer, length, 0, 0, 0)
    return undefined
  } catch (error) {
    if (error instanceof GuestExit && error.code === 0) return undefined
    return output() || (error instanceof Error ? error.message : String(error))
  }
}

/** Copies bytes into memory of their own. */
export function placeBytes({ exports, memory }: Pick<Engine, 'exports' | 'memory'>, bytes: Uint8Array): Area {
  const pointer = exports.cabi_realloc(0, 0, 1, bytes.length)
  memory.write(pointer, bytes)
  return { pointer, length: bytes.length }
}
