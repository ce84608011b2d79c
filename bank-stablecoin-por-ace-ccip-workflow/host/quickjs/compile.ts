// Compiles the workflow for the DON's engine, and keeps the program.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { HostError } from '../base/errors'
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

/** Changes with the files of a program: those of another host are none of ours. */
const FORMAT = 'image-1'

/** The directory with the program of this code: the bundle's, or one that is built on first use (3 s), then kept. */
export async function ensureProgram(params: {
  workflowDir: string
  cacheDir: string
  bundleDir: string | undefined
  code: Uint8Array
}): Promise<string> {
  const bundled = params.bundleDir === undefined ? undefined : programIn(params.bundleDir)
  if (bundled !== undefined && hasProgram(bundled)) return bundled
  const directory = path.join(params.cacheDir, `${Buffer.from(params.code).toString('hex').slice(0, 32)}.${FORMAT}`)
  if (hasProgram(directory)) return directory
  mkdirSync(params.cacheDir, { recursive: true })
  const draft = mkdtempSync(`${directory}.`)
  try {
    await buildProgram({ workflowDir: params.workflowDir, out: draft })
  } catch (error) {
    rmSync(draft, { recursive: true })
    throw error
  }
  if (existsSync(directory)) rmSync(draft, { recursive: true })
  else renameSync(draft, directory)
  return directory
}

/** Builds the program into a directory that exists, in a process of its own: the SDK's compiler talks and exits. */
export async function buildProgram({ workflowDir, out }: { workflowDir: string; out: string }): Promise<void> {
  const build = Bun.spawn([process.execPath, 'run', path.join(workflowDir, 'host/quickjs/build.ts'), '--out', out], {
    cwd: workflowDir,
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const printed = await new Response(build.stderr).text()
  if ((await build.exited) === 0) return
  const reason = printed.trim().split('\n').at(-1) ?? ''
  throw new HostError('HOST_ERROR', `the workflow does not compile for QuickJS: ${reason}`)
}
