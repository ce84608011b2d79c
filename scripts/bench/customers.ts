/**
 * The chain that every system begins with: some hundred registered beneficiaries who hold the token already, so that
 * each measured mint is one for a known account, and funded accounts that deliver the floor's reports.
 */
import { join } from "node:path";
import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, keccak256, stringToHex } from "viem";
import { registryAbi } from "../compliance/abi";
import { credentialTypes } from "../compliance/commands";
import { startChain } from "./chain";
import { openReader } from "./ledger";
import { deliver, deliveryAccounts, signMints } from "./reports";
import type { Call, Rpc } from "./rpc";
import { beneficiaryCount, fixtureDir, local } from "./settings";
import type { Deployment } from "./world";

const residence = stringToHex("CH");
const registrationGas = 1_000_000;
/** One million ether, in wei: the gas limit of many transactions must be covered in advance. */
const funds = 10n ** 24n;
/** Callers that deliver the first mints. */
const lanes = 64;

export interface Preparation {
  deployment: Deployment;
  donFile: string;
  /** Where the state goes. */
  home: string;
  chainPort: number;
}

export async function prepareState(params: Preparation): Promise<{ stateFile: string; beneficiaries: Address[] }> {
  const { deployment, donFile, home, chainPort } = params;
  const beneficiaries = Array.from({ length: beneficiaryCount }, (_, index) => accountOf(index));
  const stateFile = join(home, "state.json");
  const chain = await startChain({
    port: chainPort,
    mining: "automine",
    loadState: join(fixtureDir, "state.json"),
    dumpState: stateFile,
    log: join(home, "anvil.log"),
  });
  await register(chain.rpc, deployment, beneficiaries);
  await chain.rpc.batch(
    deliveryAccounts.map(({ address }) => ({ method: "anvil_setBalance", params: [address, hex(funds)] })),
  );
  const reader = await openReader(chain.rpc, deployment.firstBasket);
  const accounts = (lane: number, round: number) => beneficiaries[round * lanes + lane] as Address;
  const shape = { inFlight: lanes, rounds: beneficiaryCount / lanes };
  const mints = await signMints({ rpc: chain.rpc, deployment, donFile, shape, accountOf: accounts, label: "first mint" });
  const answers = await Promise.all(
    mints.map(async (lane) => {
      const settled = [];
      for (const mint of lane) settled.push({ account: mint.account, tx: await deliver(chain.rpc, deployment, mint) });
      return settled;
    }),
  );
  await reader.settle(answers.flat());
  await chain.program.stop();
  return { stateFile, beneficiaries };
}

/** Addresses that nobody has a key for. */
function accountOf(index: number): Address {
  return `0x${keccak256(stringToHex(`benchmark beneficiary ${index}`)).slice(-40)}`;
}

/** The demo bank's admin issues credentials; its key is Anvil's own, so the chain signs for it. */
async function register(rpc: Rpc, deployment: Deployment, accounts: Address[]): Promise<void> {
  const nonce = Number(await rpc.call<Hex>("eth_getTransactionCount", [local.basketAdmin, "latest"]));
  const calls = accounts.flatMap((account) => {
    const ccid = keccak256(encodeAbiParameters([{ type: "address" }], [account]));
    const credential = (type: Hex, data: Hex) =>
      encodeFunctionData({ abi: registryAbi, functionName: "registerCredential", args: [ccid, type, 0, data, "0x"] });
    const identity = encodeFunctionData({ abi: registryAbi, functionName: "registerIdentity", args: [ccid, account, "0x"] });
    return [
      { to: deployment.identityRegistry, data: identity },
      { to: deployment.credentialRegistry, data: credential(credentialTypes.kyc, "0x") },
      { to: deployment.credentialRegistry, data: credential(credentialTypes.jurisdiction, residence) },
    ];
  });
  // All into one block: mined one by one, those that overtake each other on their way into the pool are left there.
  await rpc.call("evm_setAutomine", [false]);
  const sent = await rpc.batch<Hex>(calls.map((call, index) => send(call, nonce + index)));
  await rpc.call("evm_mine", []);
  await rpc.call("evm_setAutomine", [true]);
  const receipts = await rpc.batch<{ status: Hex } | null>(
    sent.map((hash) => ({ method: "eth_getTransactionReceipt", params: [hash] })),
  );
  const failed = receipts.filter((receipt) => receipt?.status !== "0x1").length;
  if (failed > 0) throw new Error(`${failed} registrations of ${accounts.length} beneficiaries failed`);
}

function send(call: { to: Address; data: Hex }, nonce: number): Call {
  const transaction = { ...call, from: local.basketAdmin, gas: hex(registrationGas), nonce: hex(nonce) };
  return { method: "eth_sendTransaction", params: [transaction] };
}

function hex(value: number | bigint): Hex {
  return `0x${value.toString(16)}`;
}
