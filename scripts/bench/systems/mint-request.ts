/** `POST /mint` for the benchmark's basket; the gateway and the guide's own server take the same request. */
import type { Address, Hex } from 'viem'
import { type MintAnswer, postMint } from '../../lib/mint-request'
import { mintTokens } from '../base/settings'
import type { Ticket } from './system'

/** The basket to mint for. */
interface Target {
  deployment: { firstBasket: { stablecoin: Address; mintingConsumer: Address } }
}

export async function requestMint(
  url: string,
  { deployment }: Target,
  beneficiary: Address,
): Promise<MintAnswer & { mintTx: Hex }> {
  const { stablecoin, mintingConsumer: consumer } = deployment.firstBasket
  const { answer, httpStatus, text } = await postMint(url, { beneficiary, amount: mintTokens, stablecoin, consumer })
  const { success, mintTx, error } = answer
  if (success !== true || mintTx === undefined) {
    throw new Error(`a mint was not answered with success (${httpStatus}): ${error ?? text}`)
  }
  return { ...answer, mintTx }
}

export function mintOver(url: string, target: Target): (ticket: Ticket) => Promise<Hex> {
  return async ({ account }) => (await requestMint(url, target, account)).mintTx
}
