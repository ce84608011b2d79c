/** `bench.sh mints`: every system under every load shape, several times over. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cell, measure, type Measurement } from "./measure";
import { benchDir, fullPlan, type Mining, minings, mintsOf, quickPlan, type SystemId, systemNames } from "./settings";
import { createWorld } from "./world";

export interface MintsOptions {
  isQuick: boolean;
  repetitions: number;
  systems: SystemId[];
  /** Whether the tables go into the README and the chart beside the scripts. */
  publishes: boolean;
}

/** All measurements of one system in one way of mining, a repetition each. */
export interface Series {
  mining: Mining;
  id: SystemId;
  runs: Measurement[];
}

export async function runMints({ isQuick, repetitions, systems }: MintsOptions): Promise<void> {
  const plan = isQuick ? quickPlan : fullPlan;
  const began = performance.now();
  const elapsed = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  console.log("==> preparing the chain: contracts, beneficiaries, reserves");
  const world = await createWorld();
  const series: Series[] = [];
  for (const mining of minings) {
    const ofMining = systems.map((id): Series => ({ mining, id, runs: [] }));
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      for (const { id, runs } of ofMining) {
        console.log(`==> ${mining}, repetition ${repetition} of ${repetitions}: ${systemNames[id]} (${elapsed()})`);
        const shapes = plan[mining][id].filter((shape) => repetition === 1 || shape.once !== true);
        runs.push(await measure({ world, id, mining, repetition, shapes, tell }));
      }
    }
    series.push(...ofMining);
  }
  console.log(`==> done in ${elapsed()}`);
  writeFileSync(join(benchDir, "results.json"), `${JSON.stringify(series, null, 2)}\n`);
}

function tell({ shape, p50Ms, p99Ms, mintsPerSecond, cpuMsPerMint, gasPerMint }: Cell): void {
  const words = [
    `${shape.inFlight} in flight, ${mintsOf(shape)} mints`,
    `p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`,
    `${mintsPerSecond.toFixed(2)} mints/s`,
    `${cpuMsPerMint.toFixed(1)} ms CPU and ${gasPerMint.toFixed(0)} gas a mint`,
  ];
  console.log(`    ${words.join("; ")}`);
}
