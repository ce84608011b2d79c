// Instantiates Chainlink's QuickJS plugin, to compile code or to run it.
import type { GuestPort } from '../guest/port'
import { creImports } from './imports'
import { type GuestMemory, guestMemory } from './memory'
import { GuestExit, wasi } from './wasi'

/** Exports of the plugin: Javy's plugin interface. */
type PluginExports = {
  memory: WebAssembly.Memory
  cabi_realloc: (pointer: number, size: number, alignment: number, newSize: number) => number
  'initialize-runtime': () => void
  'compile-src': (pointer: number, length: number) => number
  invoke: (pointer: number, length: number, named: number, name: number, nameLength: number) => void
}

/** A fresh instance of the engine. */
type Engine = { exports: PluginExports; memory: GuestMemory; output: () => string }

/** Compiles JavaScript to the engine's bytecode; throws the engine's message. */
export function compileSource(params: { plugin: WebAssembly.Module; source: Uint8Array }): Uint8Array {
  const offline: GuestPort = {
    post: () => undefined,
    ask: () => {
      throw new Error('no host while compiling')
    },
    sleep: () => undefined,
  }
  const { exports, memory } = instantiateEngine({ plugin: params.plugin, port: offline, args: [] })
  const area = exports['compile-src'](placeBytes(exports, memory, params.source), params.source.length)
  const result = memory.copy(memory.u32(area + 4), memory.u32(area + 8))
  if (memory.u32(area) !== 0) throw new Error(`the engine does not compile it: ${new TextDecoder().decode(result)}`)
  return result
}

/** Runs bytecode in a fresh instance until it exits; gives what it printed when it ended otherwise. */
export function invokeProgram(params: {
  plugin: WebAssembly.Module
  bytecode: Uint8Array
  port: GuestPort
  args: string[]
}): string | undefined {
  const { exports, memory, output } = instantiateEngine(params)
  try {
    exports.invoke(placeBytes(exports, memory, params.bytecode), params.bytecode.length, 0, 0, 0)
    return undefined
  } catch (error) {
    if (error instanceof GuestExit && error.code === 0) return undefined
    return output() || (error instanceof Error ? error.message : String(error))
  }
}

function instantiateEngine(params: { plugin: WebAssembly.Module; port: GuestPort; args: string[] }): Engine {
  const { port } = params
  let printed = ''
  // The imports are called only once the instance is there.
  const memory = guestMemory(() => (instance.exports as PluginExports).memory)
  const instance = new WebAssembly.Instance(params.plugin, {
    env: creImports({ memory, port }),
    wasi_snapshot_preview1: wasi({
      memory,
      args: () => params.args,
      clockMillis: () => Date.now(),
      sleep: port.sleep,
      print: (text) => {
        printed = `${printed}${text}\n`.slice(-2_000)
        port.post({ op: 'console', text })
      },
    }),
  } as WebAssembly.Imports)
  const exports = instance.exports as PluginExports
  exports['initialize-runtime']()
  return { exports, memory, output: () => printed.trim() }
}

function placeBytes(exports: PluginExports, memory: GuestMemory, bytes: Uint8Array): number {
  const pointer = exports.cabi_realloc(0, 0, 1, bytes.length)
  memory.write(pointer, bytes)
  return pointer
}
