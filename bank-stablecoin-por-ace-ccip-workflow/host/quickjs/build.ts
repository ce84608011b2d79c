// `bun run host/quickjs/build.ts --out DIR` compiles the workflow to bytecode of the DON's engine; see compile.ts.
// The last line says which files went into it.
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { compileToJs } from './compile'
import { compileSource, startEngine } from './engine'
import { captureImage, closedSurroundings } from './image'
import { preparePlugin } from './plugin'
import { writeProgram } from './program'

const workflowDir = path.resolve(import.meta.dir, '../..')
const PLUGIN = 'node_modules/@chainlink/cre-sdk-javy-plugin/dist/javy-chainlink-sdk.plugin.wasm'
/** More than any workflow may use. */
const MAX_BYTES = 1024 * 1024 * 1024

const { values } = parseArgs({ options: { out: { type: 'string' } } })
if (values.out === undefined) throw new Error('--out names the directory of the program')
const out = path.join(values.out, 'workflow.js')
await compileToJs({ workflowDir, out, typeCheck: false })
const source = readFileSync(out)
rmSync(out)
const plugin = readFileSync(path.join(workflowDir, PLUGIN))
const module = new WebAssembly.Module(preparePlugin(plugin, { maxBytes: MAX_BYTES }))
const bytecode = compileSource(startEngine(module, closedSurroundings().surroundings), source)
const image = captureImage({ plugin: module, source: source.toString() })
writeProgram(values.out, { plugin, bytecode, image })

const main = path.join(workflowDir, 'main.ts')
const { metafile } = await Bun.build({ entrypoints: [main], target: 'browser', metafile: true })
const inputs = Object.keys(metafile?.inputs ?? {}).map((file) => path.resolve(file))
console.log(JSON.stringify([...inputs, path.join(workflowDir, PLUGIN)]))
