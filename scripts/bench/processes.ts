/** The programs that a benchmark starts: each leads a process group of its own, and none outlives the benchmark. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

/** The gateway lets running workflows end for 20 seconds. */
const stopAfterMs = 30_000;

export interface Program {
  name: string;
  pid: number;
  /** Where its output is. */
  log: string;
  /** Resolves with a sentence when it has ended. */
  ended: Promise<string>;
  stop: () => Promise<void>;
}

export interface Launch {
  name: string;
  command: string;
  args: string[];
  /** The whole environment, but for PATH and HOME. */
  env?: Record<string, string>;
  cwd?: string;
  log: string;
}

const running = new Set<Program>();

export function launch({ name, command, args, env, cwd, log }: Launch): Program {
  mkdirSync(dirname(log), { recursive: true });
  const sink = openSync(log, "w");
  const { PATH = "", HOME = "" } = process.env;
  const handle = spawn(command, args, { detached: true, cwd, env: { PATH, HOME, ...env }, stdio: ["ignore", sink, sink] });
  closeSync(sink);
  const ended = new Promise<string>((done) => {
    handle.on("exit", (code, signal) => done(`${name} ended (${signal ?? `exit code ${code}`}); see ${log}`));
    handle.on("error", (error) => done(`${name} could not be started: ${error.message}`));
  });
  const program: Program = { name, pid: handle.pid ?? 0, log, ended, stop: () => stop(program, handle) };
  running.add(program);
  void ended.then(() => running.delete(program));
  return program;
}

async function stop({ pid, ended }: Program, handle: ChildProcess): Promise<void> {
  if (handle.exitCode !== null || handle.signalCode !== null || pid === 0) return;
  signalGroup(pid, "SIGTERM");
  const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), stopAfterMs);
  await ended;
  clearTimeout(timer);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Stops what still runs, last started first. */
export async function stopAll(): Promise<void> {
  for (const program of [...running].reverse()) await program.stop();
}

/** Polls until `condition` holds; throws when the program ends first or the time is up. */
export async function untilReady(program: Program, timeoutMs: number, condition: () => Promise<boolean>): Promise<void> {
  let end: string | undefined;
  void program.ended.then((sentence) => (end = sentence));
  const deadline = performance.now() + timeoutMs;
  while (!(await condition().catch(() => false))) {
    if (end !== undefined) throw new Error(end);
    if (performance.now() > deadline) throw new Error(`${program.name} is not ready after ${timeoutMs} ms; see ${program.log}`);
    await Bun.sleep(20);
  }
}
