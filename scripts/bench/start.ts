/** `bench.sh start`: how long the local stack takes from its script to "Ready." and to the first verified mint. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "viem";
import { median } from "./figures";
import { describeMachine, provenanceOf } from "./machine";
import { launch, untilReady } from "./processes";
import { benchDir, freePort, local, root } from "./settings";
import { publish } from "./publish";
import { requestMint } from "./systems/http";
import { short, table } from "./tables";
import { watchOthers } from "./usage";

const localDir = join(benchDir, "stack");
const log = join(benchDir, "stack.log");

interface Start {
  readySeconds: number;
  mintSeconds: number;
}

export interface StartOptions {
  repetitions: number;
  /** Whether the table goes into the README. */
  publishes: boolean;
}

export async function runStart({ repetitions, publishes }: StartOptions): Promise<void> {
  const othersShare = watchOthers();
  const machine = describeMachine();
  const [fresh, again]: [Start[], Start[]] = [[], []];
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    console.log(`==> repetition ${repetition} of ${repetitions}: a new chain, then the same chain again`);
    rmSync(localDir, { recursive: true, force: true });
    fresh.push(await startOnce());
    again.push(await startOnce());
  }
  const row = (name: string, starts: Start[]) => {
    const seconds = (figure: keyof Start) => short(median(starts.map((start) => start[figure])));
    return [name, seconds("readySeconds"), seconds("mintSeconds")];
  };
  const rows = [row("new chain, contracts deployed", fresh), row("restart on its chain", again)];
  const made = provenanceOf(machine, othersShare());
  const head = ["start-backend.sh on a built checkout", '"Ready." after s', "first verified mint after s"];
  const text = `${made}\nMedians of ${repetitions}.\n\n${table(head, rows)}`;
  console.log(`\n${text}\n`);
  if (publishes) publish("bench start", text);
}

async function startOnce(): Promise<Start> {
  const [port, chainPort] = [await freePort(), await freePort()];
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const env = { LOCAL_DIR: localDir, PORT: String(port), LOCAL_CHAIN_PORT: String(chainPort), RPC_URL: "" };
  const script = join(root, "scripts/start-backend.sh");
  const stack = launch({ name: "start-backend.sh", command: "bash", args: [script], env: { ...inherited(), ...env }, log });
  await untilReady(stack, 120_000, async () => /^Ready\./m.test(readFileSync(log, "utf8")));
  const readySeconds = seconds();
  const basket = JSON.parse(readFileSync(join(localDir, "stack.json"), "utf8")) as { stablecoin: Address; mintingConsumer: Address };
  await requestMint(`http://127.0.0.1:${port}`, { deployment: { firstBasket: basket } }, local.demoBeneficiaries[0]);
  const mintSeconds = seconds();
  await stack.stop();
  return { readySeconds, mintSeconds };
}

/** cargo and npm find their settings in the environment. */
function inherited(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
