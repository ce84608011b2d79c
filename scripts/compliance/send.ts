/** Sends one call after another, or with `--dry-run` shows them and asks the chain whether each would pass. */
import { type Abi, type Address, BaseError, createWalletClient, encodeFunctionData, http } from "viem";
import { type Office, UsageError } from "./office";

export interface Call {
  /** What it does, for the person who reads along. */
  what: string;
  to: Address;
  abi: Abi;
  functionName: string;
  args: unknown[];
  /** Set when the call can only pass after the one before it, so that it cannot be tried alone. */
  needsPrevious?: boolean;
}

export async function sendAll(office: Office, calls: Call[]): Promise<void> {
  if (calls.length === 0) console.log("nothing to change: it is so already");
  for (const call of calls) {
    const data = encodeFunctionData(call);
    if (office.dryRun) {
      console.log(`would ${call.what}\n    to   ${call.to}\n    data ${data}`);
      if (!call.needsPrevious && office.officer !== undefined) await tryCall(office, call);
      continue;
    }
    if (office.officer === undefined) {
      throw new UsageError("set COMPLIANCE_KEY to the officer's private key, or use --dry-run to get the calls for a wallet of your own");
    }
    await tryCall(office, call);
    const wallet = createWalletClient({ account: office.officer, transport: http(office.rpcUrl) });
    const hash = await wallet.sendTransaction({ to: call.to, data, chain: null });
    const receipt = await office.chain.waitForTransactionReceipt({ hash, pollingInterval: 100 });
    if (receipt.status !== "success") throw new UsageError(`the chain refused to ${call.what}: transaction ${hash} reverted`);
    console.log(`${call.what}: done in ${hash}`);
  }
}

/** The chain's own answer before anything is sent, so that a refusal costs no gas and has a reason. */
async function tryCall(office: Office, { what, to, abi, functionName, args }: Call): Promise<void> {
  const account = office.officer;
  await office.chain.simulateContract({ address: to, abi, functionName, args, account }).catch((error: unknown) => {
    const reason = error instanceof BaseError ? error.shortMessage : String(error);
    throw new UsageError(`the chain would refuse to ${what} for ${account?.address}: ${reason}`);
  });
}
