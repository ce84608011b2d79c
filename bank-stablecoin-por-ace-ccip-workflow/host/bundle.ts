// `bun run host/bundle.ts --out DIR` bundles host, guest and workflow once, so that no start resolves 300 modules.
// Host and guest become bytecode, the workflow the text that the guests evaluate; with `--engine quickjs` also the program
// for the DON's engine. CRE_BUNDLE_DIR=DIR uses the bundle; one of older code is refused.
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { bundleGuestCode, writeGuestCode } from './guest/code'
import { buildProgram } from './quickjs/compile'
import { programIn } from './quickjs/program'
import { digestOfCode, markBundle } from './run/code-digest'

const workflowDir = path.resolve(import.meta.dir, '..')
const ENTRIES = {
  'host.js': 'host/process/cli.ts',
  'confined.js': 'host/confined.ts',
  'nodes.js': 'host/nodes.ts',
  'guest.js': 'host/guest/guest.ts',
}

/** Builds the bundle beside its place and moves it there when it is complete. */
async function bundle({ out, engine }: { out: string; engine: string }): Promise<void> {
  mkdirSync(path.dirname(out), { recursive: true })
  const draft = mkdtempSync(`${out}.`)
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const result = await Bun.build({
      entrypoints: [path.join(workflowDir, entry)],
      outdir: draft,
      naming: name,
      target: 'bun',
      format: 'cjs',
      bytecode: true,
      minify: { whitespace: true, syntax: true },
    })
    if (!result.success) throw new AggregateError(result.logs, `${entry} does not bundle`)
  }
  writeGuestCode(draft, await bundleGuestCode(workflowDir))
  if (engine === 'quickjs') {
    mkdirSync(programIn(draft))
    await buildProgram({ workflowDir, out: programIn(draft) })
  }
  markBundle({ bundleDir: draft, code: digestOfCode(workflowDir) })
  rmSync(out, { recursive: true, force: true })
  renameSync(draft, out)
}

const { values } = parseArgs({
  options: { out: { type: 'string' }, engine: { type: 'string', default: 'bun' } },
})
if (values.out === undefined) {
  console.error('--out names the directory of the bundle')
  process.exit(1)
}
await bundle({ out: path.resolve(values.out), engine: values.engine })
console.log(JSON.stringify({ bundle: path.resolve(values.out) }))
