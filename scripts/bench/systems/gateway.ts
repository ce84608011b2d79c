/** Our gateway, in one of its ways to run workflows. */
import { join } from "node:path";
import { type Program, launch, untilReady } from "../processes";
import { backendBinary, freePort } from "../settings";
import { mintOver } from "./http";
import type { Site, StartSystem } from "./system";

/** Longer than any cell: a caller of the closed loop waits for its mint. */
const mintWaitSeconds = 600;

export interface Gateway {
  program: Program;
  url: string;
}

export function gatewayWith(settings: Record<string, string>): StartSystem {
  return async (site) => {
    const { program, url } = await launchGateway(site, settings);
    return { pid: program.pid, mint: mintOver(url, site.world), stop: program.stop };
  };
}

export async function launchGateway({ world, folder, name }: Omit<Site, "chain">, settings: Record<string, string>): Promise<Gateway> {
  const { deployment } = world;
  const port = await freePort();
  const program = launch({
    name: "cre-backend",
    command: backendBinary,
    args: [],
    env: {
      PORT: String(port),
      RPC_URL: world.chainUrl,
      WORKFLOW_DIR: world.workflowCopy(name),
      FORWARDER_ADDRESS: deployment.forwarder,
      BASKET_FACTORY: deployment.basketFactory,
      COMPLIANCE_LENS: deployment.complianceLens,
      DEFAULT_STABLECOIN: deployment.firstBasket.stablecoin,
      DEFAULT_CONSUMER: deployment.firstBasket.mintingConsumer,
      CRE_DON_FILE: world.donFile,
      CRE_RUN_DIR: join(folder, "runs"),
      DATABASE_URL: `sqlite:${join(folder, "gateway.db")}`,
      BUN_PATH: process.execPath,
      MINT_WAIT_SECONDS: String(mintWaitSeconds),
      ...settings,
    },
    cwd: folder,
    log: join(folder, "gateway.log"),
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(program, 60_000, async () => (await fetch(`${url}/ready`)).ok);
  return { program, url };
}
