/** The embedded chain: Anvil with its state on disk, so that a restart finds the same chain. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { logFile, start, stopLeftover, until } from "./children";
import { settings } from "./settings";

/** Idle blocks move the clock and the finalized tag (two blocks behind); a transaction is mined at once all the same. */
const blockSeconds = 5;
const stateDumpSeconds = 10;

export async function rpc<Result>(method: string, params: unknown[]): Promise<Result> {
  const response = await fetch(settings.chainUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: Result; error?: { message: string } };
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result as Result;
}

export async function startChain(): Promise<void> {
  await stopLeftover("anvil", settings.chainPort);
  mkdirSync(dirname(settings.stateFile), { recursive: true });
  start({
    name: "anvil",
    command: "anvil",
    args: [
      ["--host", "127.0.0.1", "--port", String(settings.chainPort)],
      ["--state", settings.stateFile, "--state-interval", String(stateDumpSeconds)],
      ["--block-time", String(blockSeconds), "--mixed-mining", "--slots-in-an-epoch", "1"],
    ].flat(),
    output: "log",
  });
  await until(
    async () => (await rpc<string>("eth_chainId", [])) !== "",
    20_000,
    `the local chain does not answer on ${settings.chainUrl}; see ${logFile("anvil")}`,
  );
  await checkGenesis();
}

/** A chain that lost its state, or another program's chain, would make every stored address a lie. */
async function checkGenesis(): Promise<void> {
  const block = await rpc<{ hash: string }>("eth_getBlockByNumber", ["0x0", false]);
  if (!existsSync(settings.genesisFile)) {
    if (existsSync(settings.deploymentRecord)) throw new Error(foreignChain("has no recorded genesis block"));
    writeFileSync(settings.genesisFile, block.hash);
  } else if (readFileSync(settings.genesisFile, "utf8") !== block.hash) {
    throw new Error(foreignChain("is not the one that the contracts were deployed on"));
  }
}

function foreignChain(what: string): string {
  return `the local chain ${what}: its state was lost or replaced. Remove ${settings.localDir} to start over with a new chain`;
}

/** Gives the accounts that send reports enough local ether. */
export async function fund(addresses: string[]): Promise<void> {
  const enough = 10n ** 20n;
  for (const address of addresses) {
    const balance = BigInt(await rpc<string>("eth_getBalance", [address, "latest"]));
    if (balance < enough / 2n) await rpc("anvil_setBalance", [address, `0x${enough.toString(16)}`]);
  }
}
