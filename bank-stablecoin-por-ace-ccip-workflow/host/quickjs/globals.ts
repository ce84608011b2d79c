// `bun run host/quickjs/globals.ts` writes guest/engine-globals.json: the globals of the DON's engine, as its plugin has them.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { GuestMessage } from '../guest/protocol'
import { compileSource, invokeBytecode, placeBytes, startEngine } from './engine'
import { preparePlugin } from './plugin'

const workflowDir = path.resolve(import.meta.dir, '../..')
const PLUGIN = 'node_modules/@chainlink/cre-sdk-javy-plugin/dist/javy-chainlink-sdk.plugin.wasm'
const QUESTION = "log(JSON.stringify(Reflect.ownKeys(globalThis).filter((name) => typeof name === 'string').sort()))"
const MAX_BYTES = 100_000_000

/** The names of the engine's globals. */
export function globalsOfEngine(): string[] {
  const plugin = new WebAssembly.Module(
    preparePlugin(readFileSync(path.join(workflowDir, PLUGIN)), { maxBytes: MAX_BYTES }),
  )
  let names = '[]'
  const post = (message: GuestMessage): void => {
    if (message.op === 'log') names = message.text
  }
  const ask = (): never => {
    throw new Error('there is no host')
  }
  const port = { post, postNow: post, ask, begin: ask, sleep: () => undefined }
  const begin = () => startEngine(plugin, { port, args: () => [], clockMillis: () => 0 })
  const engine = begin()
  const failure = invokeBytecode(engine, placeBytes(engine, compileSource(begin(), new TextEncoder().encode(QUESTION))))
  if (failure !== undefined) throw new Error(failure)
  return JSON.parse(names) as string[]
}

if (import.meta.main) {
  const file = path.join(workflowDir, 'host/guest/engine-globals.json')
  writeFileSync(file, `${JSON.stringify(globalsOfEngine(), null, 2)}\n`)
}
