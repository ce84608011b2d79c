// Reads the workflow as it is deployed: what `cre` uploads, and a DON's workflow id covers.
import { brotliDecompressSync } from 'node:zlib'
import { HostError } from '../base/errors'
import type { FileContent } from './settings'

/** How every WASM binary begins. */
const WASM_MAGIC = Buffer.from('\0asm')

/**
 * The compressed binary in a file of the CLI's (`binary.wasm.br.b64`: WASM, compressed with brotli, in base64). WASM alone does
 * not do: which bytes it is compressed to depends on who compresses it.
 */
export function readArtifact(content: FileContent): Uint8Array {
  const refuse = (problem: string): never => {
    throw new HostError('HOST_ERROR', `the file that WORKFLOW_ARTIFACT names ${problem}`)
  }
  if (typeof content === 'string') return refuse('cannot be read')
  if (isWasm(content)) {
    return refuse(
      'is WASM that is not compressed; name the binary.wasm.br.b64 that the cre command line tool makes of it',
    )
  }
  const text = new TextDecoder().decode(content).trim()
  const compressed = Buffer.from(text, 'base64')
  if (text === '' || compressed.toString('base64') !== text) return refuse('is not base64')
  return isWasm(decompressed(compressed)) ? compressed : refuse('is no compressed WASM')
}

function isWasm(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && WASM_MAGIC.equals(bytes.subarray(0, WASM_MAGIC.length))
}

function decompressed(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return brotliDecompressSync(bytes)
  } catch {
    return undefined
  }
}
