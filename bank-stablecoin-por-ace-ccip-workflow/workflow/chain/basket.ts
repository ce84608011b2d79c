// Reads all that a run must know of a basket, in one call at one block.
import type { Runtime } from '@chainlink/cre-sdk'
import { type Address, decodeFunctionResult, encodeFunctionData, getAddress, parseAbi } from 'viem'
import { WorkflowFailure } from '../base/errors'
import type { Config } from '../config/config'
import type { Order } from '../orders/request'
import { type Chain, callContract } from './chain'

const abi = parseAbi([
  'struct Order { bytes32 bankRef; address account; uint256 amount; uint64 destination; }',
  'struct Verdict { uint8 code; address policy; }',
  'struct ReserveProof { uint256 amount; uint64 observedAt; }',
  'struct Survey { address token; uint8 decimals; bool isWriter; uint256 liability; ReserveProof proof; Verdict[] verdicts; }',
  'function survey(Order[] orders) view returns (Survey)',
])

/** The selector with which an order says that it is for the basket's own chain. */
export const HERE = 0n

/** A stablecoin and the consumer that mints it. */
export type BasketId = { stablecoin: Address; consumer: Address }

/** The same, with the decimals of the token. */
export type Basket = BasketId & { decimals: number }

/** What the consumer, and its ACE policies, say to an order. */
export type Verdict = { code: number; policy: Address }

/** What a basket's contracts say at one block; amounts in base units, `proof` is zero before the first. */
export type BasketSurvey = {
  basket: Basket
  liability: bigint
  proof: { amount: bigint; observedAt: bigint }
  verdicts: readonly Verdict[]
}

/** The basket of the configuration. */
export function basketOf(config: Config): BasketId {
  return { stablecoin: getAddress(config.stablecoinAddress), consumer: getAddress(config.mintingConsumerAddress) }
}

/**
 * Asks the basket of the configuration for all that a run must know, and what it says to each order (all rules but the
 * reserve). Throws when its two addresses do not belong together, or the consumer was replaced.
 */
export function surveyBasket(
  runtime: Runtime<Config>,
  { chain, orders }: { chain: Chain; orders: Order[] },
): BasketSurvey {
  const { stablecoin, consumer } = basketOf(runtime.config)
  const args = [orders.map((order) => ({ ...order, destination: HERE }))] as const
  const data = encodeFunctionData({ abi, functionName: 'survey', args })
  const answer = callContract(runtime, { chain, to: consumer, data })
  if (answer === '0x') throw new WorkflowFailure(`${consumer} is no minting consumer on ${chain.name}`)
  const { token, decimals, isWriter, liability, proof, verdicts } = decodeFunctionResult({
    abi,
    functionName: 'survey',
    data: answer,
  })
  if (token !== stablecoin) throw new WorkflowFailure(`consumer ${consumer} mints ${token}, not ${stablecoin}`)
  if (!isWriter) throw new WorkflowFailure(`consumer ${consumer} of ${stablecoin} was replaced by another`)
  if (verdicts.length !== orders.length) {
    throw new WorkflowFailure(`the consumer answered ${verdicts.length} verdicts for ${orders.length} orders`)
  }
  return { basket: { stablecoin, consumer, decimals }, liability, proof, verdicts }
}
