/** `POST /mint` as the integration guide has it; the gateway and the guide's own server take the same request. */
import type { Hex } from "viem";
import { mintTokens } from "../settings";
import type { World } from "../world";
import type { Ticket } from "./system";

interface MintAnswer {
  success?: boolean;
  mintTx?: Hex;
  error?: string;
}

export function mintOver(url: string, { deployment }: World): (ticket: Ticket) => Promise<Hex> {
  const { stablecoin, mintingConsumer } = deployment.firstBasket;
  return async ({ account }) => {
    const order = { beneficiary: account, amount: mintTokens, stablecoinAddress: stablecoin, mintingConsumerAddress: mintingConsumer };
    const response = await fetch(`${url}/mint`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(order),
    });
    const answer = (await response.json()) as MintAnswer;
    if (answer.success !== true || answer.mintTx === undefined) {
      throw new Error(`a mint was not answered with success (${response.status}): ${answer.error ?? JSON.stringify(answer)}`);
    }
    return answer.mintTx;
  };
}
