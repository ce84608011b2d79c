// `bun run host/bundle.ts --out DIR` bundles host, guest and workflow once, so that no start resolves 300 modules.
// Host and guest become bytecode, the workflow the text that the guests evaluate; with `--engine quickjs` also the program
// for the DON's engine. CRE_BUNDLE_DIR=DIR uses the bundle; one of older code is refused. What was bundled is kept in
// CRE_CACHE_DIR: the next one of the same sources and packages is there at once.
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { digestOfFiles, keepDirectory, sourcesIn } from './base/kept'
import { bundleGuestCode, writeGuestCode } from './guest/code'
import { withInventory } from './guest/inventory'
import { ensureProgram } from './quickjs/compile'
import { programIn } from './quickjs/program'
import { digestOfCode, markBundle } from './run/code-digest'

const workflowDir = path.resolve(import.meta.dir, '..')
const CACHE_DIR = path.resolve(workflowDir, process.env['CRE_CACHE_DIR']?.trim() || '../target/cre')
const ENTRIES = {
  'host.js': 'host/process/cli.ts',
  'confined.js': 'host/confined.ts',
  'nodes.js': 'host/nodes.ts',
  'guest.js': 'host/guest/guest.ts',
}
/** What goes in beside host/ and workflow/, and what decides how sources are read; a copy of the folder may lack the latter. */
const BESIDE = ['bun.lock', 'limits.json', 'main.ts', 'package.json', 'tsconfig.json']

async function bundle({ out, engine }: { out: string; engine: string }): Promise<void> {
  mkdirSync(path.dirname(out), { recursive: true })
  // Beside its place, and moved there when it is complete.
  const draft = mkdtempSync(`${out}.`)
  const kept = path.join(draft, 'kept')
  const cacheDir = isWritable(CACHE_DIR) ? CACHE_DIR : kept
  place(await keepDirectory({ cacheDir, kind: 'bundle', key: keyOfSources(), workflowDir, make }), draft)
  if (engine === 'quickjs') {
    const code = digestOfCode(workflowDir)
    mkdirSync(programIn(draft))
    place(await ensureProgram({ workflowDir, cacheDir, bundleDir: undefined, code }), programIn(draft))
  }
  rmSync(kept, { recursive: true, force: true })
  rmSync(out, { recursive: true, force: true })
  renameSync(draft, out)
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Digest of all that goes into a bundle but for packages. */
function keyOfSources(): string {
  const beside = BESIDE.filter((name) => existsSync(path.join(workflowDir, name)))
  const sources = [...beside, ...sourcesIn(workflowDir, 'host'), ...sourcesIn(workflowDir, 'workflow')]
  const builder = [Bun.version, Bun.revision, process.platform, process.arch, process.env['NODE_ENV']].join(' ')
  return new Bun.CryptoHasher('sha256').update(`${builder}\n${digestOfFiles(workflowDir, sources)}`).digest('hex')
}

/** Bundles into an empty directory, and names the files that went into it. */
async function make(directory: string): Promise<string[]> {
  const files: string[] = []
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const result = await Bun.build({
      entrypoints: [path.join(workflowDir, entry)],
      outdir: directory,
      naming: name,
      target: 'bun',
      format: 'cjs',
      bytecode: true,
      metafile: true,
      minify: { whitespace: true, syntax: true },
    })
    if (!result.success) throw new AggregateError(result.logs, `${entry} does not bundle`)
    files.push(...Object.keys(result.metafile?.inputs ?? {}))
  }
  const { code, inputs } = await bundleGuestCode(workflowDir)
  writeGuestCode(directory, withInventory(code))
  markBundle({ bundleDir: directory, code: digestOfCode(workflowDir) })
  return [...files, ...inputs].map((file) => path.resolve(file))
}

/** Places the files of a directory in another one: as links where both lie on one disk, for nobody writes to them. */
function place(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)]
    try {
      linkSync(source, target)
    } catch {
      copyFileSync(source, target)
    }
  }
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
