/** The programs that a script starts: each leads a process group of its own, and none outlives the script. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** The gateway lets running workflows end for 20 seconds. */
const stopAfterMs = 30_000
const leftoverStopAfterMs = 10_000
const pollMs = 20

export interface Program {
  name: string
  pid: number
  /** Resolves with a sentence when it has ended. */
  ended: Promise<string>
  stop: () => Promise<void>
}

export interface Launch {
  name: string
  command: string
  args: string[]
  /** The whole environment; default: this process's own. */
  env?: Record<string, string>
  cwd?: string
  /** File for its output; without it, the output is shown here. */
  log?: string
  /** File that names the process while it lives, so that a later script finds what this one left behind. */
  pidFile?: string
}

const running = new Set<Program>()

/** An environment with nothing but these variables, PATH and HOME: no setting of the caller's shell takes part. */
export function bareEnvironment(variables: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, ...variables }
}

export function launch({ name, command, args, env, cwd, log, pidFile }: Launch): Program {
  if (log !== undefined) mkdirSync(dirname(log), { recursive: true })
  const sink = log === undefined ? 'inherit' : openSync(log, 'w')
  const handle = spawn(command, args, { detached: true, cwd, env: env ?? process.env, stdio: ['ignore', sink, sink] })
  if (typeof sink === 'number') closeSync(sink)
  const where = log === undefined ? '; its message is above' : `; see ${log}`
  const ended = new Promise<string>((done) => {
    handle.on('exit', (code, signal) => done(`${name} ended (${signal ?? `exit code ${code}`})${where}`))
    handle.on('error', (error) => done(`${name} could not be started: ${error.message}`))
  })
  const program: Program = { name, pid: handle.pid ?? 0, ended, stop: () => stop(program, handle) }
  if (pidFile !== undefined && program.pid !== 0) {
    mkdirSync(dirname(pidFile), { recursive: true })
    writeFileSync(pidFile, String(program.pid))
  }
  running.add(program)
  void ended.then(() => {
    running.delete(program)
    if (pidFile !== undefined) rmSync(pidFile, { force: true })
  })
  return program
}

async function stop({ pid, ended }: Program, handle: ChildProcess): Promise<void> {
  if (handle.exitCode !== null || handle.signalCode !== null || pid === 0) return
  signalGroup(pid, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), stopAfterMs)
  await ended
  clearTimeout(timer)
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended by itself.
  }
}

/** Stops what still runs, last started first. */
export async function stopAll(): Promise<void> {
  for (const program of [...running].reverse()) await program.stop()
}

/** Resolves with a sentence when any program ends that runs now. */
export function firstEnd(): Promise<string> {
  return Promise.race([...running].map(({ ended }) => ended))
}

/** Polls until the condition holds; throws when a program ends first or the time is up, with a hint what to look at. */
export async function untilReady(
  program: Program,
  { timeoutMs, hint }: { timeoutMs: number; hint: string },
  condition: () => Promise<boolean>,
): Promise<void> {
  let end: string | undefined
  void firstEnd().then((sentence) => {
    end = sentence
  })
  const deadline = performance.now() + timeoutMs
  while (!(await condition().catch(() => false))) {
    if (end !== undefined) throw new Error(end)
    if (performance.now() > deadline)
      throw new Error(`${program.name} is not ready after ${timeoutMs / 1000} s; ${hint}`)
    await Bun.sleep(pollMs)
  }
}

/** Whether the program that a pid file names still lives; `word` is in its command line. */
export function isAlive(pidFile: string, word: string): boolean {
  return pidOf(pidFile, word) !== undefined
}

/** Ends what an earlier script left behind when it was killed without a chance to clean up. */
export async function endLeftover(pidFile: string, word: string): Promise<void> {
  const pid = pidOf(pidFile, word)
  if (pid !== undefined) {
    signalGroup(pid, 'SIGTERM')
    const deadline = performance.now() + leftoverStopAfterMs
    while (pidOf(pidFile, word) !== undefined) {
      if (performance.now() > deadline)
        throw new Error(`the earlier ${word} (process ${pid}) does not stop: end it by hand`)
      await Bun.sleep(pollMs)
    }
  }
  rmSync(pidFile, { force: true })
}

function pidOf(pidFile: string, word: string): number | undefined {
  if (!existsSync(pidFile)) return undefined
  const pid = Number(readFileSync(pidFile, 'utf8'))
  const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout?.includes(word) ? pid : undefined
}

/** Runs a program to its end with its output shown here; whether it succeeded. Ctrl-C reaches it too. */
export async function runShown(command: string, args: string[], cwd: string): Promise<boolean> {
  const handle = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((done) => {
    handle.on('exit', (code) => done(code === 0))
    handle.on('error', () => done(false))
  })
}
