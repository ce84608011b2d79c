// `bun run host/compile-check.ts` runs stage 1 of `cre-compile` on main.ts.
// That is: type check against the engine's API, search for what a DON does not have, determinism warnings, and the bundle
// that would become WASM. Stage 2 needs a compiler that is on no package registry.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { messageOf } from './base/errors'
import { compileToJs } from './quickjs/compile'

const workflowDir = path.resolve(import.meta.dir, '..')
const out = path.resolve(workflowDir, '../target/cre/main.js')

mkdirSync(path.dirname(out), { recursive: true })
try {
  await compileToJs({ workflowDir, out, typeCheck: true })
} catch (error) {
  console.error(messageOf(error))
  process.exit(1)
}
