/** What every system works with, made once before any clock starts: contracts, keys, reserves, files. */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "viem";
import { launch, untilReady } from "./processes";
import { baseConfig, benchDir, fixtureDir, freePort, root, workflowDir } from "./settings";

/** The part of the deploy script's record that the benchmark needs. */
export interface Deployment {
  chainId: number;
  forwarder: Address;
  basketFactory: Address;
  complianceLens: Address;
  identityRegistry: Address;
  credentialRegistry: Address;
  firstBasket: { stablecoin: Address; mintingConsumer: Address };
}

export interface World {
  deployment: Deployment;
  /** Keys of the DON, of the transmitters beside it. */
  donFile: string;
  chainPort: number;
  chainUrl: string;
  /** Makes a copy of the workflow folder whose reserve source is the benchmark's own; nothing checked in is written. */
  workflowCopy: (name: string) => string;
  /** Folder for the files of one measured system. */
  folder: (name: string) => string;
}

/** What the workflow consists of besides its packages. */
const workflowParts = ["main.ts", "workflow", "host", "package.json", "bun.lock", "bunfig.toml", "http_trigger_payload.json"];
const plentyOfReserves = "1000000000000.00";

export async function createWorld(): Promise<World> {
  if (!existsSync(join(fixtureDir, "state.json"))) throw new Error("the fixture is missing: run this by bash scripts/bench.sh");
  rmSync(join(benchDir, "runs"), { recursive: true, force: true });
  const folder = (name: string) => {
    const path = join(benchDir, "runs", name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const home = folder("world");
  for (const name of ["don.json", "transmitters.json", "31337.json"]) copyFileSync(join(fixtureDir, name), join(home, name));
  const deployment = JSON.parse(readFileSync(join(home, "31337.json"), "utf8")) as Deployment;
  const [chainPort, reservePort] = [await freePort(), await freePort()];
  const chainUrl = `http://127.0.0.1:${chainPort}`;
  recordChain(home, chainUrl, deployment.forwarder);
  await startReserveApi(reservePort, join(home, "reserve-api.log"));
  const donFile = join(home, "don.json");
  return {
    deployment,
    donFile,
    chainPort,
    chainUrl,
    workflowCopy: (name) => copyWorkflow(join(folder(name), "workflow"), reservePort),
    folder,
  };
}

function recordChain(home: string, chainUrl: string, forwarder: string): void {
  const args = ["--dir", home, "--set-chain", "anvil-devnet", "--rpc-url", chainUrl, "--forwarder", forwarder];
  const done = spawnSync(process.execPath, ["run", "host/keys.ts", ...args], { cwd: workflowDir, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`the DON's keys could not be prepared: ${done.stderr.trim()}`);
}

async function startReserveApi(port: number, log: string): Promise<void> {
  const args = ["run", "--no-install", join(root, "scripts/reserve-api.ts")];
  const env = { RESERVE_API_PORT: String(port) };
  const program = launch({ name: "reserve-api", command: process.execPath, args, env, log });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(program, 20_000, async () => (await fetch(`${url}/health`)).ok);
  const scenario = JSON.stringify({ name: "healthy", reserve: plentyOfReserves });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/scenario`, { method: "POST", headers, body: scenario });
  if (!answer.ok) throw new Error(`the reserve API refuses the scenario: ${await answer.text()}`);
}

function copyWorkflow(folder: string, reservePort: number): string {
  mkdirSync(folder);
  for (const part of workflowParts) cpSync(join(workflowDir, part), join(folder, part), { recursive: true });
  symlinkSync(join(workflowDir, "node_modules"), join(folder, "node_modules"));
  const base = JSON.parse(readFileSync(baseConfig, "utf8")) as object;
  const config = { ...base, porApiUrl: `http://127.0.0.1:${reservePort}/reserves/{consumer}` };
  writeFileSync(join(folder, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  return folder;
}
