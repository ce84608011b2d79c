/** `POST /mint` as the integration guide has it; the gateway and the guide's own server take the same request. */
import type { Address, Hex } from "viem";
import { mintTokens } from "../settings";
import type { Ticket } from "./system";

export interface MintAnswer {
  mintTx: Hex;
  /** The gateway's; the guide's server has none. */
  mintId?: string;
}

/** The basket to mint for. */
interface Target {
  deployment: { firstBasket: { stablecoin: Address; mintingConsumer: Address } };
}

export async function requestMint(url: string, { deployment }: Target, beneficiary: Address): Promise<MintAnswer> {
  const { stablecoin, mintingConsumer } = deployment.firstBasket;
  const order = { beneficiary, amount: mintTokens, stablecoinAddress: stablecoin, mintingConsumerAddress: mintingConsumer };
  const response = await fetch(`${url}/mint`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order),
  });
  const answer = (await response.json()) as Partial<MintAnswer> & { success?: boolean; error?: string };
  if (answer.success !== true || answer.mintTx === undefined) {
    throw new Error(`a mint was not answered with success (${response.status}): ${answer.error ?? JSON.stringify(answer)}`);
  }
  return { ...answer, mintTx: answer.mintTx };
}

export function mintOver(url: string, target: Target): (ticket: Ticket) => Promise<Hex> {
  return async ({ account }) => (await requestMint(url, target, account)).mintTx;
}
