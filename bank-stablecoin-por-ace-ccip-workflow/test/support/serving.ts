import { CACHE_DIR, type Project } from './project'

/** A line of the serving process on stdout. */
export type Frame =
  | { frame: 'ready' }
  | { frame: 'out'; requestId: string; line: string }
  | { frame: 'err'; requestId: string; line: string }
  | { frame: 'end'; requestId: string; code: number; rssBytes: number }

/** A run as a serving process told it. */
export type ServedRun = { code: number; stdout: string[]; stderr: string[]; rssBytes: number }

/** `CRE_SERVE=1 bun run main.ts` in a process of its own. */
export type Serving = {
  pid: number
  /** Hands in a run and waits for its end. */
  run: (request: { runDir: string; requestId?: string; slot?: number; trigger?: string }) => Promise<ServedRun>
  /** Writes a line as it is. */
  write: (line: string) => void
  /** Closes stdin and gives what the process left. */
  close: () => Promise<{ exitCode: number; stderr: string[] }>
}

/** What the backend sets for its serving processes (src/workflow/bun.rs); host/README.md tells why. */
const ENGINE_SETTINGS = { BUN_JSC_useFTLJIT: '0', BUN_JSC_heapGrowthMaxIncrease: '0.7' }

/** Starts a process that serves a project's runs, and waits until it is ready or has ended. */
export async function startServing(
  project: Project,
  params: { env?: Record<string, string>; args?: string[] } = {},
): Promise<Serving> {
  const { env = {}, args = [] } = params
  const child = Bun.spawn([process.execPath, 'run', 'main.ts', ...args], {
    cwd: project.dir,
    env: {
      PATH: process.env['PATH'] ?? '',
      CRE_SERVE: '1',
      CRE_DON_FILE: project.donFile,
      CRE_BUNDLE_DIR: project.bundleDir,
      CRE_CACHE_DIR: CACHE_DIR,
      ...ENGINE_SETTINGS,
      ...env,
    },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const ready = Promise.withResolvers<void>()
  const runs = new Map<string, ServedRun & { ended: PromiseWithResolvers<ServedRun> }>()
  const onFrame = (frame: Frame): void => {
    if (frame.frame === 'ready') return ready.resolve()
    const run = runs.get(frame.requestId)
    if (run === undefined) throw new Error(`a frame of a run that nobody asked for: ${JSON.stringify(frame)}`)
    if (frame.frame === 'out') run.stdout.push(frame.line)
    else if (frame.frame === 'err') run.stderr.push(frame.line)
    else {
      runs.delete(frame.requestId)
      const { stdout, stderr } = run
      run.ended.resolve({ code: frame.code, stdout, stderr, rssBytes: frame.rssBytes })
    }
  }
  const stderr = new Response(child.stderr).text()
  const read = (async () => {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onFrame(JSON.parse(line) as Frame)
    }
  })()
  void child.exited.then(async () => {
    const reason = new Error(`the serving process ended: ${await stderr}`)
    for (const { ended } of runs.values()) ended.reject(reason)
    ready.resolve()
  })
  const write = (line: string): void => {
    child.stdin.write(`${line}\n`)
    child.stdin.flush()
  }
  await ready.promise
  return {
    pid: child.pid,
    write,
    run({ requestId = crypto.randomUUID(), ...request }) {
      const ended = Promise.withResolvers<ServedRun>()
      runs.set(requestId, { code: Number.NaN, stdout: [], stderr: [], rssBytes: 0, ended })
      write(JSON.stringify({ requestId, ...request }))
      return ended.promise
    },
    async close() {
      await child.stdin.end()
      const exitCode = await child.exited
      await read
      return { exitCode, stderr: (await stderr).trimEnd().split('\n') }
    },
  }
}
