/** Where the stack's parts are and listen; the only reader of the environment in this folder. */
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dir, "../..");
export const workflowDir = join(root, "bank-stablecoin-por-ace-ccip-workflow");

function port(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65535) {
    throw new Error(`${name} must be a port number between 1 and 65535, not "${text}"`);
  }
  return value;
}

const backendPort = port("PORT", 3001);
const chainPort = port("LOCAL_CHAIN_PORT", 8545);
const localDir = resolve(root, process.env.LOCAL_DIR ?? ".local");

/** Anvil's well-known accounts 0 and 1: worthless anywhere but on a local chain, and the same on each. */
export const local = {
  deployerKey: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  basketAdmin: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  /** The integration guide's beneficiary, and Anvil's accounts 2 to 5: registered as customers of the demo bank. */
  demoBeneficiaries: [
    "0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
    "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
    "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
  ],
  chainId: 31337,
} as const;

export const settings = {
  /** A chain of the user's own; when set, nothing local is started or deployed. */
  externalRpcUrl: process.env.RPC_URL || undefined,
  backendBinary: process.env.BACKEND_BIN ?? join(root, "target/release/cre-backend"),
  backendUrl: `http://localhost:${backendPort}`,
  chainPort,
  chainUrl: `http://127.0.0.1:${chainPort}`,
  /** The checked-in config.json names this port, so it is fixed. */
  reserveApiUrl: "http://127.0.0.1:3002",
  localDir,
  deploymentsDir: join(localDir, "deployments"),
  deploymentRecord: join(localDir, "deployments", `${local.chainId}.json`),
  genesisFile: join(localDir, "chain", "genesis"),
  stateFile: join(localDir, "chain", "state.json"),
  summaryFile: join(localDir, "stack.json"),
  donFile: join(localDir, "don.json"),
} as const;
