// Bundles the workflow into the two texts that a Worker evaluates.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HostError, messageOf } from '../base/errors'

/**
 * The workflow as a Worker evaluates it, two CommonJS wrappers as text: `shared` once for the life of the Worker, `workflow` once too,
 * or afresh for every run: so it is without an inventory.
 */
export type GuestCode = { shared: string; workflow: string; inventory?: Taken }

/** Whether `workflow` tells its scopes, to what `keep` names (see inventory.ts); else why it has to be evaluated afresh. */
export type Taken = { keep: string } | { afresh: string }

const FILES = { shared: 'shared.js', workflow: 'workflow.js', inventory: 'inventory.json' } as const

/**
 * What a Worker keeps from run to run, because loading it is most of the work: packages that somebody has read, without
 * state but for what guest.ts looks after. All others are evaluated afresh with the workflow, and so is the SDK's own code,
 * which keeps state; its generated descriptors and chain list are data.
 */
const READ =
  /^(@chainlink\/cre-sdk\/dist\/generated|@bufbuild\/protobuf|@noble\/(hashes|curves)|@scure\/base|@solana\/(addresses|assertions|codecs-core|codecs-strings|errors|nominal-types)|abitype|ox|viem|zod)\//

/** Whether a file belongs to a package that is shared; one that lies inside another package is as good as that one. */
function isShared(file: string): boolean {
  const [, ...packages] = file.split('/node_modules/')
  return packages.length > 0 && packages.every((inside) => READ.test(inside))
}

/** Bundles main.ts of a folder, without an inventory, and names the files that went in; throws HOST_ERROR when it does not bundle. */
export async function bundleGuestCode(workflowDir: string): Promise<{ code: GuestCode; inputs: string[] }> {
  const files = new Map<string, string>()
  const workflow = await bundle(path.join(workflowDir, 'main.ts'), externalTo(files))
  const entry = path.join(workflowDir, 'shared-modules.ts')
  const shared = await bundle(entry, contentOf(entry, sharedEntry(workflow.text, files)))
  const inventory = { afresh: 'it was not bundled ahead' }
  return {
    code: { workflow: workflow.text, shared: shared.text, inventory },
    inputs: [...workflow.inputs, ...shared.inputs],
  }
}

/** A module that exports, by id, those names of the shared modules that the workflow's bundle uses. */
function sharedEntry(workflow: string, files: Map<string, string>): string {
  const names = namesUsed(workflow)
  const modules = [...files].map(([id, file], index) => {
    const used = [...(names.get(id) ?? ['*'])]
    const local = (name: string) => `m${index}_${name}`
    const from = `from ${JSON.stringify(file)}`
    return used.includes('*')
      ? { line: `import * as m${index} ${from}`, field: `${JSON.stringify(id)}: { ...m${index} }` }
      : {
          line: `import { ${used.map((name) => `${name} as ${local(name)}`).join(', ')} } ${from}`,
          field: `${JSON.stringify(id)}: { ${used.map((name) => `${name}: ${local(name)}`).join(', ')} }`,
        }
  })
  const lines = modules.map(({ line }) => line)
  return [...lines, `export const modules = { ${modules.map(({ field }) => field).join(', ')} }`].join('\n')
}

/** What a CommonJS bundle takes from each module it requires; `*` when that cannot be told. */
function namesUsed(bundled: string): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>()
  for (const [, variable, id] of bundled.matchAll(/\b(\w+)=require\("([^"]+)"\)/g)) {
    if (variable === undefined || id === undefined) continue
    const uses = [...bundled.matchAll(new RegExp(`\\b${variable}\\b(?:\\.(\\w+))?`, 'g'))].slice(1)
    const used = names.get(id) ?? new Set()
    for (const [, name] of uses) used.add(name === undefined || name === 'default' ? '*' : name)
    names.set(id, used)
  }
  return names
}

/** Keeps the code in a bundle's directory. */
export function writeGuestCode(directory: string, code: GuestCode): void {
  writeFileSync(path.join(directory, FILES.shared), code.shared)
  writeFileSync(path.join(directory, FILES.workflow), code.workflow)
  writeFileSync(path.join(directory, FILES.inventory), JSON.stringify(code.inventory))
}

/** Reads what `writeGuestCode` kept. */
export function readGuestCode(directory: string): GuestCode {
  try {
    const text = (name: string): string => readFileSync(path.join(directory, name), 'utf8')
    return {
      shared: text(FILES.shared),
      workflow: text(FILES.workflow),
      inventory: JSON.parse(text(FILES.inventory)) as Taken,
    }
  } catch {
    throw new HostError('HOST_ERROR', 'the bundle is incomplete; make it again with host/bundle.ts')
  }
}

async function bundle(entry: string, plugin: Bun.BunPlugin): Promise<{ text: string; inputs: string[] }> {
  try {
    const { outputs, metafile } = await Bun.build({
      entrypoints: [entry],
      target: 'bun',
      format: 'cjs',
      minify: { whitespace: true, syntax: true },
      metafile: true,
      plugins: [plugin],
    })
    return { text: (await outputs[0]?.text()) ?? '', inputs: Object.keys(metafile?.inputs ?? {}) }
  } catch (error) {
    const [reason] = error instanceof AggregateError ? error.errors : [error]
    throw new HostError('HOST_ERROR', `the workflow does not bundle: ${messageOf(reason)}`)
  }
}

/** Leaves the shared modules out of the workflow's bundle, and notes their files by id. */
function externalTo(shared: Map<string, string>): Bun.BunPlugin {
  return {
    name: 'shared modules',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path: specifier, importer }) => {
        if (importer === '' || isShared(importer)) return undefined
        const file = resolved(specifier, importer)
        if (file === undefined || !isShared(file)) return undefined
        const id = `shared:${file.slice(file.lastIndexOf('/node_modules/') + 1)}`
        shared.set(id, file)
        return { path: id, external: true }
      })
    },
  }
}

function resolved(specifier: string, importer: string): string | undefined {
  try {
    return Bun.resolveSync(specifier, path.dirname(importer))
  } catch {
    return undefined
  }
}

/** An entry that is on no disk. */
function contentOf(entry: string, contents: string): Bun.BunPlugin {
  return {
    name: 'entry',
    setup(build) {
      const namespace = 'entry'
      build.onResolve({ filter: /shared-modules\.ts$/ }, () => ({ path: entry, namespace }))
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents, loader: 'ts' }))
    },
  }
}
