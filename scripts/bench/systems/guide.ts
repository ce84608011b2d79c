/** The integration guide's design, see express/server.ts. */
import { join } from "node:path";
import { launch, untilReady } from "../processes";
import { freePort } from "../settings";
import { mintOver } from "./http";
import type { StartSystem } from "./system";

const server = join(import.meta.dir, "../express/server.ts");

export const startGuide: StartSystem = async ({ world, folder, name }) => {
  const port = await freePort();
  const program = launch({
    name: "express",
    command: process.execPath,
    args: ["run", "--no-install", server],
    env: {
      PORT: String(port),
      WORKFLOW_DIR: world.workflowCopy(name),
      CRE_DON_FILE: world.donFile,
      RPC_URL: world.chainUrl,
    },
    log: join(folder, "express.log"),
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(program, 20_000, async () => (await fetch(url)).status === 404);
  return { pid: program.pid, mint: mintOver(url, world), stop: program.stop };
};
