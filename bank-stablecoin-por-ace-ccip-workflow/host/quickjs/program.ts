// Writes and reads the files of a compiled program.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { QuickJsProgram } from '../guest/protocol'
import type { MemoryImage } from './image'
import { preparePlugin } from './plugin'

/** Names inside a program's directory. */
const PLUGIN_FILE = 'engine.wasm'
const BYTECODE_FILE = 'workflow.bytecode'
const IMAGE_FILE = 'workflow.image.zst'
/** Written last: a directory with it is complete. */
const INDEX_FILE = 'program.json'

type Index = { image: Omit<MemoryImage, 'memory'> | null }

/** Where a bundle keeps its program, when it was made with one. */
export function programIn(bundleDir: string): string {
  return path.join(bundleDir, 'quickjs')
}

/** Whether the directory holds a whole program. */
export function hasProgram(directory: string): boolean {
  return existsSync(path.join(directory, INDEX_FILE))
}

/** Writes a program into a directory; without an image, every phase evaluates the bytecode. */
export function writeProgram(
  directory: string,
  program: { plugin: Uint8Array; bytecode: Uint8Array; image: MemoryImage | undefined },
): void {
  const { plugin, bytecode, image } = program
  writeFileSync(path.join(directory, PLUGIN_FILE), plugin)
  writeFileSync(path.join(directory, BYTECODE_FILE), bytecode)
  if (image !== undefined) writeFileSync(path.join(directory, IMAGE_FILE), Bun.zstdCompressSync(image.memory))
  const index: Index = {
    image: image === undefined ? null : { stackPointer: image.stackPointer, start: image.start },
  }
  writeFileSync(path.join(directory, INDEX_FILE), JSON.stringify(index))
}

/** Reads a program for all nodes' Workers: they share the compiled engine and the image. */
export function loadProgram(params: { directory: string; maxMemoryBytes: number }): QuickJsProgram {
  const { directory, maxMemoryBytes } = params
  const read = (name: string) => readFileSync(path.join(directory, name))
  const { image } = JSON.parse(read(INDEX_FILE).toString()) as Index
  return {
    engine: 'quickjs',
    plugin: new WebAssembly.Module(preparePlugin(read(PLUGIN_FILE), { maxBytes: maxMemoryBytes })),
    bytecode: new Uint8Array(read(BYTECODE_FILE)),
    ...(image === null ? {} : { image: { ...image, memory: shared(Bun.zstdDecompressSync(read(IMAGE_FILE))) } }),
  }
}

/** A copy in memory that all Workers see. */
function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}
