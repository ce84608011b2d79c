/** Keeps results: always under target/bench, and in the repository when asked to. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chartOf } from "./chart";
import { benchDir, root } from "./settings";
import { type Results, rowsOf } from "./summary";
import { tablesOf } from "./tables";

const readme = join(root, "README.md");
const markers = { begin: "<!-- bench -->", end: "<!-- /bench -->" };

/** Writes results.json, results.md and results.svg; answers with the tables. */
export function keep(results: Results): string {
  const tables = tablesOf(results);
  writeFileSync(join(benchDir, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(benchDir, "results.md"), `${tables}\n`);
  writeFileSync(join(benchDir, "results.svg"), chartOf(rowsOf(results.series)));
  return tables;
}

/** Puts the tables between the README's markers and the chart beside the scripts. */
export function publish(tables: string): void {
  const text = readFileSync(readme, "utf8");
  const [begin, end] = [text.indexOf(markers.begin), text.indexOf(markers.end)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${markers.begin} … ${markers.end}`);
  writeFileSync(readme, `${text.slice(0, begin + markers.begin.length)}\n${tables}\n${text.slice(end)}`);
  copyFileSync(join(benchDir, "results.svg"), join(import.meta.dir, "results.svg"));
}
