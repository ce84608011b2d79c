/** Where and with what a benchmark was made. */
import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { root } from "./settings";

export interface Machine {
  /** ISO date. */
  date: string;
  commit: string;
  hardware: string;
  software: string;
}

export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: said("git", ["describe", "--always", "--dirty"]),
    hardware: `${cpus().length} cores of ${first?.model.trim() ?? "an unknown processor"}, ${Math.round(totalmem() / 1e9)} GB`,
    software: `Bun ${Bun.version}, Anvil ${/Version: (\S+)/.exec(said("anvil", ["--version"]))?.[1]}`,
  };
}

function said(command: string, args: string[]): string {
  return spawnSync(command, args, { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
}
