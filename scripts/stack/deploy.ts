/** Keys and contracts of the local stack: made once, then found again. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { rpc } from "./chain";
import { local, settings, workflowDir } from "./settings";

/** The addresses behind the keys in `<local dir>/don.json`; the keys themselves never leave their files. */
export interface Keys {
  signers: string[];
  transmitters: string[];
  workflowOwner: string;
}

/** What the deploy script records in `<deployments>/<chainId>.json`. */
export interface Deployment {
  forwarder: string;
  basketFactory: string;
  complianceLens: string;
  workflowName: string;
  don: { id: number; configVersion: number; f: number; signers: string[] };
  firstBasket: { stablecoin: string; mintingConsumer: string };
}

function runKeys(args: string[]): string {
  const done = spawnSync(process.execPath, ["run", "host/keys.ts", "--dir", settings.localDir, ...args], {
    cwd: workflowDir,
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`the DON's keys could not be prepared: ${done.stderr.trim()}`);
  return done.stdout;
}

/** Makes the node and transmitter keys unless they exist. */
export function ensureKeys(): Keys {
  return JSON.parse(runKeys([])) as Keys;
}

/** Tells the DON where the chain and its forwarder are. */
export function connectDon(deployment: Deployment): void {
  runKeys(["--set-chain", "anvil-devnet", "--rpc-url", settings.chainUrl, "--forwarder", deployment.forwarder]);
}

/** Deploys the contracts unless the record names them and the chain has their code. */
export async function ensureDeployment(keys: Keys): Promise<Deployment> {
  const recorded = readRecord();
  if (recorded === undefined || !(await hasCode(recorded.basketFactory))) deploy(keys);
  const deployment = readRecord();
  if (deployment === undefined) throw new Error(`the deploy script left no record at ${settings.deploymentRecord}`);
  const same = (a: string[], b: string[]) => a.join().toLowerCase() === b.join().toLowerCase();
  if (!same(deployment.don.signers, keys.signers)) {
    throw new Error(
      `the forwarder knows other DON signers than ${settings.donFile}: remove ${settings.localDir} to start over with a new chain`,
    );
  }
  return deployment;
}

function deploy(keys: Keys): void {
  console.log("==> deploying the contracts (the first compile takes about a minute)");
  mkdirSync(settings.deploymentsDir, { recursive: true });
  const done = spawnSync(
    "forge",
    // One transaction after another: sent at once, Anvil has been seen to lose some of them on a busy machine.
    ["script", "contracts/script/Deploy.s.sol", "--rpc-url", settings.chainUrl, "--broadcast", "--slow", "--skip", "test"],
    {
      cwd: workflowDir,
      encoding: "utf8",
      env: {
        ...process.env,
        DEPLOYER_KEY: local.deployerKey,
        DON_SIGNERS: keys.signers.join(","),
        DON_F: "1",
        DON_ID: "1",
        DON_CONFIG_VERSION: "1",
        WORKFLOW_OWNER: keys.workflowOwner,
        WORKFLOW_NAME: "bank-stablecoin-mint",
        FIRST_BASKET_NAME: "Demo Bank Dollar",
        FIRST_BASKET_SYMBOL: "DBD",
        FIRST_BASKET_ADMIN: local.basketAdmin,
        DEMO_BENEFICIARIES: local.demoBeneficiaries.join(","),
        DEPLOYMENTS_DIR: settings.deploymentsDir,
      },
    },
  );
  if (done.status !== 0) throw new Error(`forge script failed:\n${done.stdout}\n${done.stderr}`);
}

function readRecord(): Deployment | undefined {
  if (!existsSync(settings.deploymentRecord)) return undefined;
  return JSON.parse(readFileSync(settings.deploymentRecord, "utf8")) as Deployment;
}

async function hasCode(address: string): Promise<boolean> {
  return (await rpc<string>("eth_getCode", [address, "latest"])) !== "0x";
}
