// Names the files of a compiled program.
import path from 'node:path'

/** Names inside a program's directory. */
export const BYTECODE_FILE = 'workflow.bytecode'
export const SOURCE_FILE = 'workflow.js'
export const PLUGIN_FILE = 'engine.wasm'

/** The engine of a program. */
export function pluginFile(directory: string): string {
  return path.join(directory, PLUGIN_FILE)
}
