// Finds the basket that a run is for, and reads all that the run must know of it in one call at one block.
import type { Runtime } from '@chainlink/cre-sdk'
import { type Address, type Hex, decodeFunctionResult, encodeFunctionData, getAddress, parseAbi } from 'viem'
import { WorkflowFailure } from '../base/errors'
import type { Config } from '../config/config'
import type { BasketId, Order } from '../orders/request'
import { type Chain, beginCall } from './chain'

const abi = parseAbi([
  'struct Order { bytes32 bankRef; address account; uint256 amount; uint64 destination; }',
  'struct Verdict { uint8 code; address policy; }',
  'struct ReserveProof { uint256 amount; uint64 observedAt; }',
  'struct Survey { address token; uint8 decimals; bool isWriter; uint256 liability; ReserveProof proof; Verdict[] verdicts; }',
  'function survey(Order[] orders) view returns (Survey)',
])

const factoryAbi = parseAbi([
  'struct Basket { address stablecoin; address mintingConsumer; address ledger; address redemptionDesk; address policyEngine; address admin; address pausePolicy; address rejectPolicy; address allowPolicy; address identityPolicy; address jurisdictions; address volumePolicy; address volumeRatePolicy; address policySwitch; address redemptionVolumePolicy; }',
  'function isBasket(address stablecoin, address mintingConsumer) view returns (bool)',
  'function basketCount() view returns (uint256)',
  'function baskets(uint256 offset, uint256 limit) view returns (Basket[])',
])

/** The selector with which an order says that it is for the basket's own chain. */
export const HERE = 0n

/** A stablecoin and the consumer that mints it, with the decimals of the token. */
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

/** What is asked of which basket: what it says to each of these orders, besides all that a run must know. */
type Question = { chain: Chain; basket: BasketId; orders: Order[] }

/** Surveys a basket that a request names; throws when it is none of the factory's, or its consumer was replaced. */
export function surveyNamed(runtime: Runtime<Config>, question: Question): BasketSurvey {
  const { chain, basket } = question
  const { stablecoin, consumer } = basket
  const functionName = 'isBasket'
  // Both are asked at once; what a stranger's consumer says of itself is not looked at.
  const membership = beginFactoryCall(runtime, {
    chain,
    data: encodeFunctionData({ abi: factoryAbi, functionName, args: [stablecoin, consumer] }),
  })
  const survey = beginSurvey(runtime, question)
  if (!decodeFunctionResult({ abi: factoryAbi, functionName, data: membership() })) {
    throw new WorkflowFailure(
      `the factory has no basket of ${stablecoin} minted by ${consumer}; it never had, or the consumer was replaced`,
    )
  }
  return survey()
}

/**
 * Asks a basket for all that a run must know, and what it says to each order (all rules but the reserve). Throws when its
 * two addresses do not belong together, or the consumer was replaced.
 */
export function surveyBasket(runtime: Runtime<Config>, question: Question): BasketSurvey {
  return beginSurvey(runtime, question)()
}

/** The factory's basket whose turn it is; undefined while it has none. */
export function basketAtTurn(
  runtime: Runtime<Config>,
  { chain, turn }: { chain: Chain; turn: number },
): BasketId | undefined {
  const [basketCount, baskets] = ['basketCount', 'baskets'] as const
  const countData = encodeFunctionData({ abi: factoryAbi, functionName: basketCount })
  const counted = beginFactoryCall(runtime, { chain, data: countData })()
  const count = decodeFunctionResult({ abi: factoryAbi, functionName: basketCount, data: counted })
  if (count === 0n) return undefined
  const args = [BigInt(turn) % count, 1n] as const
  const data = encodeFunctionData({ abi: factoryAbi, functionName: baskets, args })
  const listed = beginFactoryCall(runtime, { chain, data })()
  const [basket] = decodeFunctionResult({ abi: factoryAbi, functionName: baskets, data: listed })
  return basket && { stablecoin: basket.stablecoin, consumer: basket.mintingConsumer }
}

/** Begins a call to the factory; the function it returns waits for the answer. */
function beginFactoryCall(runtime: Runtime<Config>, { chain, data }: { chain: Chain; data: Hex }): () => Hex {
  const factory = getAddress(runtime.config.basketFactory)
  const asked = beginCall(runtime, { chain, to: factory, data })
  return () => {
    const answer = asked()
    if (answer === '0x') throw new WorkflowFailure(`${factory} is no basket factory on ${chain.name}`)
    return answer
  }
}

/** Begins the survey; the function it returns waits for it. */
function beginSurvey(runtime: Runtime<Config>, { chain, basket, orders }: Question): () => BasketSurvey {
  const { stablecoin, consumer } = basket
  const args = [orders.map((order) => ({ ...order, destination: HERE }))] as const
  const data = encodeFunctionData({ abi, functionName: 'survey', args })
  const asked = beginCall(runtime, { chain, to: consumer, data })
  return () => {
    const answer = asked()
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
}
