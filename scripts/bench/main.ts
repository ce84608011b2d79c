/** The benchmark's command line, behind `scripts/bench.sh`. */
import { parseArgs } from "node:util";
import { runMints } from "./mints";
import { stopAll } from "./processes";
import { type SystemId, systemIds } from "./settings";

/** What a shell reports for a program that Ctrl-C ended. */
const interrupted = 130;

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: Bun.argv.slice(2),
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      repetitions: { type: "string" },
      systems: { type: "string" },
      publish: { type: "boolean", default: false },
    },
  });
  const [command = "mints"] = positionals;
  if (command !== "mints") throw new Error(`unknown benchmark "${command}"`);
  await runMints({
    isQuick: values.quick,
    repetitions: count(values.repetitions ?? (values.quick ? "1" : "3")),
    systems: systemsOf(values.systems),
    publishes: values.publish,
  });
}

function count(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new Error(`--repetitions must be a number from 1 to 99, not "${text}"`);
  return Number(text);
}

function systemsOf(list: string | undefined): SystemId[] {
  if (list === undefined) return [...systemIds];
  return list.split(",").map((name) => {
    const known = systemIds.find((id) => id === name);
    if (known === undefined) throw new Error(`--systems takes a comma list of ${systemIds.join(", ")}, not "${name}"`);
    return known;
  });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    console.error("\n==> stopping");
    void stopAll().then(() => process.exit(interrupted));
  });
}
try {
  await run();
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
process.exit();
