// `bun run host/quickjs/build.ts --out DIR` compiles the workflow to bytecode of the DON's engine; see compile.ts.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { compileToJs } from './compile'
import { compileSource } from './engine'
import { BYTECODE_FILE, PLUGIN_FILE, SOURCE_FILE } from './program'

const workflowDir = path.resolve(import.meta.dir, '../..')
const PLUGIN = 'node_modules/@chainlink/cre-sdk-javy-plugin/dist/javy-chainlink-sdk.plugin.wasm'

const { values } = parseArgs({ options: { out: { type: 'string' } } })
if (values.out === undefined) throw new Error('--out names the directory of the program')
const source = path.join(values.out, SOURCE_FILE)
const plugin = path.join(values.out, PLUGIN_FILE)
await compileToJs({ workflowDir, out: source, typeCheck: false })
copyFileSync(path.join(workflowDir, PLUGIN), plugin)
const module = new WebAssembly.Module(readFileSync(plugin))
writeFileSync(path.join(values.out, BYTECODE_FILE), compileSource({ plugin: module, source: readFileSync(source) }))
