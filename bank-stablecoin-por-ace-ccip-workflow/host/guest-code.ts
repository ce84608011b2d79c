import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HostError, messageOf } from './errors'

/**
 * The workflow as a Worker evaluates it, two CommonJS wrappers as text: `shared` once for the life of the Worker,
 * `workflow` afresh for every run.
 */
export type GuestCode = { shared: string; workflow: string }

const FILES = { shared: 'shared.js', workflow: 'workflow.js' } as const

/**
 * What one Worker keeps from run to run, because decoding 300 descriptors takes most of the time that loading takes:
 * the protobuf runtime, and the SDK's generated descriptors and chain list. Neither keeps state of its own, and the
 * guest freezes what they export. The SDK itself, viem, zod and the workflow are evaluated afresh.
 */
const SHARED = /\/node_modules\/(@chainlink\/cre-sdk\/dist\/generated|@bufbuild\/protobuf)\//

/** Bundles main.ts of a folder; throws HOST_ERROR when it does not bundle. */
export async function bundleGuestCode(workflowDir: string): Promise<GuestCode> {
  const shared = new Map<string, string>()
  const workflow = await bundle(path.join(workflowDir, 'main.ts'), externalTo(shared))
  const imports = [...shared].map(([id, file], index) => ({ id, file, name: `m${index}` }))
  const lines = [
    ...imports.map(({ file, name }) => `import * as ${name} from ${JSON.stringify(file)}`),
    `export const modules = { ${imports.map(({ id, name }) => `${JSON.stringify(id)}: ${name}`).join(', ')} }`,
  ]
  const entry = path.join(workflowDir, 'shared-modules.ts')
  return { workflow, shared: await bundle(entry, contentOf(entry, lines.join('\n'))) }
}

/** Keeps the code in a bundle's directory. */
export function writeGuestCode(directory: string, code: GuestCode): void {
  writeFileSync(path.join(directory, FILES.shared), code.shared)
  writeFileSync(path.join(directory, FILES.workflow), code.workflow)
}

/** Reads what `writeGuestCode` kept. */
export function readGuestCode(directory: string): GuestCode {
  try {
    return {
      shared: readFileSync(path.join(directory, FILES.shared), 'utf8'),
      workflow: readFileSync(path.join(directory, FILES.workflow), 'utf8'),
    }
  } catch {
    throw new HostError('HOST_ERROR', 'the bundle is incomplete; make it again with host/bundle.ts')
  }
}

async function bundle(entry: string, plugin: Bun.BunPlugin): Promise<string> {
  try {
    const { outputs } = await Bun.build({
      entrypoints: [entry],
      target: 'bun',
      format: 'cjs',
      minify: { whitespace: true, syntax: true },
      plugins: [plugin],
    })
    return (await outputs[0]?.text()) ?? ''
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
        if (importer === '' || SHARED.test(importer)) return undefined
        const file = resolved(specifier, importer)
        if (file === undefined || !SHARED.test(file)) return undefined
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
