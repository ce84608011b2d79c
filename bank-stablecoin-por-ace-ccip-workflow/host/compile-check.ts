/**
 * Stage 1 of `cre-compile`: type check against the engine's API, search for what a DON does not have, determinism
 * warnings, and the bundle that would become WASM. Stage 2 needs a compiler that is on no package registry.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { messageOf } from './errors'

type CompileToJs = { main: (input: string, output: string) => Promise<string | undefined> }

const workflowDir = path.resolve(import.meta.dir, '..')
const out = path.resolve(workflowDir, '../target/cre/main.js')
/** The SDK ships its compiler's sources, but exports no entry for them. */
const compiler = path.join(workflowDir, 'node_modules/@chainlink/cre-sdk/scripts/src/compile-to-js.ts')

mkdirSync(path.dirname(out), { recursive: true })
try {
  const { main: compileToJs } = (await import(compiler)) as CompileToJs
  await compileToJs(path.join(workflowDir, 'main.ts'), out)
} catch (error) {
  console.error(messageOf(error))
  process.exit(1)
}
