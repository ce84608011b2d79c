// Compiles the workflow for the DON's engine, and keeps the program.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { HostError } from '../base/errors'
import { digestOfFiles, keepDirectory, sourcesIn } from '../base/kept'
import { hasProgram, programIn } from './program'

type CompileToJs = {
  main: (input: string, output: string, options: { skipTypeChecks: boolean }) => Promise<string | undefined>
}

/** The SDK ships its compiler's sources, but exports no entry for them. */
const COMPILER = 'node_modules/@chainlink/cre-sdk/scripts/src/compile-to-js.ts'

/** Stage 1 of `cre-compile`: the checked bundle of main.ts that a DON would get as WASM. Talks on stdout. */
export async function compileToJs(params: { workflowDir: string; out: string; typeCheck: boolean }): Promise<void> {
  const { workflowDir, out } = params
  const tools = mkdtempSync(`${out}.`)
  const searchPath = process.env['PATH'] ?? ''
  try {
    // The compiler runs `bun` by name, and this Bun need not be on PATH.
    symlinkSync(process.execPath, path.join(tools, 'bun'))
    process.env['PATH'] = `${tools}:${searchPath}`
    const { main } = (await import(path.join(workflowDir, COMPILER))) as CompileToJs
    await main(path.join(workflowDir, 'main.ts'), out, { skipTypeChecks: !params.typeCheck })
  } finally {
    process.env['PATH'] = searchPath
    rmSync(tools, { recursive: true, force: true })
  }
}

/** The directory with the program of this code: the bundle's, or one that is built on first use (3 s), then kept. */
export async function ensureProgram(params: {
  workflowDir: string
  cacheDir: string
  bundleDir: string | undefined
  code: Uint8Array
}): Promise<string> {
  const { workflowDir, cacheDir } = params
  const bundled = params.bundleDir === undefined ? undefined : programIn(params.bundleDir)
  if (bundled !== undefined && hasProgram(bundled)) return bundled
  // How a program is made and read belongs to it: one of another host is none of ours.
  const maker = `${Bun.version} ${digestOfFiles(workflowDir, sourcesIn(workflowDir, 'host/quickjs'))}`
  const key = new Bun.CryptoHasher('sha256').update(maker).update(params.code).digest('hex')
  const make = (out: string) => buildProgram({ workflowDir, out })
  return keepDirectory({ cacheDir, kind: 'program', key, workflowDir, make })
}

/**
 * Builds the program into a directory that exists, in a process of its own: the SDK's compiler talks and exits. Names the files
 * that went into it.
 */
async function buildProgram({ workflowDir, out }: { workflowDir: string; out: string }): Promise<string[]> {
  const build = Bun.spawn([process.execPath, 'run', path.join(workflowDir, 'host/quickjs/build.ts'), '--out', out], {
    cwd: workflowDir,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [said, printed] = await Promise.all([new Response(build.stdout).text(), new Response(build.stderr).text()])
  if ((await build.exited) === 0) return JSON.parse(said.trim().split('\n').at(-1) ?? '[]') as string[]
  const reason = printed.trim().split('\n').at(-1) ?? ''
  throw new HostError('HOST_ERROR', `the workflow does not compile for QuickJS: ${reason}`)
}
