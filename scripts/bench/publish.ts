/** Keeps results: always under target/bench, and in the repository when asked to. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chartOf } from "./chart";
import { benchDir, root } from "./settings";
import { type Results, rowsOf } from "./summary";
import { tablesOf } from "./tables";

const readme = join(root, "README.md");

/** Writes results.json, results.md and results.svg; answers with the tables. */
export function keep(results: Results): string {
  const tables = tablesOf(results);
  writeFileSync(join(benchDir, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(benchDir, "results.md"), `${tables}\n`);
  writeFileSync(join(benchDir, "results.svg"), chartOf(rowsOf(results.series)));
  return tables;
}

/** Puts a text between the README's markers of that name. */
export function publish(name: "bench" | "bench http" | "bench start", text: string): void {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const whole = readFileSync(readme, "utf8");
  const [from, to] = [whole.indexOf(begin) + begin.length, whole.indexOf(end)];
  if (from < begin.length || to < from) throw new Error(`README.md has no ${begin.trim()} … ${end}`);
  writeFileSync(readme, `${whole.slice(0, from)}${text}\n${whole.slice(to)}`);
}

/** Puts the chart where the README shows it from. */
export function publishChart(): void {
  copyFileSync(join(benchDir, "results.svg"), join(import.meta.dir, "results.svg"));
}
