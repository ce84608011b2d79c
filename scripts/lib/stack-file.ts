/** `<local dir>/stack.json`: where the local stack that start-backend.sh runs is to be found. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from 'viem'
import { localDir } from './paths'

export interface Stack {
  backend: string
  /** Where the backend serves operators, if it does. */
  operators?: string
  chain: string
  /** The first basket's account. */
  reserveApi: string
  stablecoin: Address
  mintingConsumer: Address
  basketFactory: Address
  forwarder: Address
  /** The workflow's configuration, for `CRE_CONFIG_FILE`. */
  workflowConfig: string
}

export function writeStack(folder: string, stack: Stack): void {
  writeFileSync(fileIn(folder), `${JSON.stringify(stack, null, 2)}\n`)
}

/** Undefined when no stack was ever started with that local folder. */
export function findStack(folder = localDir): Stack | undefined {
  const file = fileIn(folder)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Stack) : undefined
}

export function readStack(folder = localDir): Stack {
  const stack = findStack(folder)
  if (stack === undefined) throw new Error("no local stack is known: run 'bash scripts/start-backend.sh' first")
  return stack
}

function fileIn(folder: string): string {
  return join(folder, 'stack.json')
}
