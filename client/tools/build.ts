/** `bun run build` makes what is published: `dist/` with a module and its types for each export, and the licences. */
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'bun'

const root = join(import.meta.dir, '..')
const dist = join(root, 'dist')
/** The modules that are exported. */
export const exported = ['index', 'events', 'react', 'sandbox'] as const

/** The licences, which are those of the repository. */
export const licences = ['LICENSE-APACHE', 'LICENSE-MIT'] as const

export const sourceOf = (name: (typeof exported)[number]): string => join(root, `src/${name}.ts`)

export async function build(): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  const entrypoints = exported.map(sourceOf)
  await Bun.build({ entrypoints, outdir: dist, target: 'browser', splitting: true, packages: 'external' })
  await $`node_modules/.bin/tsc --project tsconfig.build.json`.cwd(root)
  for (const name of readdirSync(dist).filter((file) => file.endsWith('.d.ts'))) {
    const types = readFileSync(join(dist, name), 'utf8')
    // Node's resolution wants whole file names.
    writeFileSync(join(dist, name), types.replaceAll(/(from '\.\/[\w-]+)'/g, "$1.js'"))
  }
  for (const name of licences) copyFileSync(join(root, '..', name), join(root, name))
}

if (import.meta.main) await build()
