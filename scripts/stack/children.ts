/** Child processes of the stack: each in a process group of its own, stopped in the reverse order of their start. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { settings } from "./settings";

const runDir = join(settings.localDir, "run");
const stopAfterMs = 15_000;

interface Child {
  name: string;
  handle: ChildProcess;
  exited: Promise<string>;
}

const children: Child[] = [];

export interface Start {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** `terminal` shows the output here; `log` keeps it in `<local dir>/logs/<name>.log`. */
  output: "terminal" | "log";
}

export function logFile(name: string): string {
  return join(settings.localDir, "logs", `${name}.log`);
}

/** Starts a program that runs until the stack stops. */
export function start({ name, command, args, env, output }: Start): void {
  mkdirSync(join(settings.localDir, "logs"), { recursive: true });
  mkdirSync(runDir, { recursive: true });
  const sink = output === "terminal" ? "inherit" : openSync(logFile(name), "w");
  const handle = spawn(command, args, { detached: true, env: { ...process.env, ...env }, stdio: ["ignore", sink, sink] });
  if (typeof sink === "number") closeSync(sink);
  const exited = new Promise<string>((done) => {
    handle.on("exit", (code, signal) => done(`${name} ended (${signal ?? `exit code ${code}`})`));
    handle.on("error", (error) => done(`${name} could not be started: ${error.message}`));
  });
  if (handle.pid !== undefined) writeFileSync(pidFile(name), String(handle.pid));
  children.push({ name, handle, exited });
}

/** Resolves with a sentence when any of the children ends. */
export function firstExit(): Promise<string> {
  return Promise.race(children.map((child) => child.exited));
}

/** Stops all children, last started first, and waits until each has ended. */
export async function stopAll(): Promise<void> {
  for (const { name, handle, exited } of children.toReversed()) {
    if (handle.pid !== undefined && handle.exitCode === null && handle.signalCode === null) {
      handle.kill("SIGTERM");
      const timer = setTimeout(() => handle.kill("SIGKILL"), stopAfterMs);
      await exited;
      clearTimeout(timer);
    }
    rmSync(pidFile(name), { force: true });
  }
}

/** Ends what an earlier stack left behind when it was killed without a chance to clean up. */
export async function stopLeftover(name: string, port: number): Promise<void> {
  const file = pidFile(name);
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, "utf8"));
    const commandLine = spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
    if (commandLine.includes(name)) {
      process.kill(pid, "SIGTERM");
      await until(async () => !(await listening(port)), 10_000, `the earlier ${name} (process ${pid}) does not stop`);
    }
    rmSync(file, { force: true });
  }
  if (await listening(port)) throw new Error(`port ${port}, which ${name} needs, is in use by another program; stop it first`);
}

/** Polls a condition; throws the sentence when it does not come true in time, or when a child ends meanwhile. */
export async function until(condition: () => Promise<boolean>, timeoutMs: number, sentence: string): Promise<void> {
  let ended: string | undefined;
  if (children.length > 0) void firstExit().then((why) => (ended = why));
  const deadline = performance.now() + timeoutMs;
  while (!(await condition().catch(() => false))) {
    if (ended !== undefined) throw new Error(`${ended}; ${sentence}`);
    if (performance.now() > deadline) throw new Error(sentence);
    await Bun.sleep(50);
  }
}

function pidFile(name: string): string {
  return join(runDir, `${name}.pid`);
}

function listening(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("connect", () => (socket.destroy(), answer(true)));
    socket.on("error", () => answer(false));
  });
}
