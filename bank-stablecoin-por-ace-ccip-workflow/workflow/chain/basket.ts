// Reads a basket's contracts: the stablecoin and its consumer.
import type { Runtime } from '@chainlink/cre-sdk'
import { type Address, decodeFunctionResult, encodeFunctionData, getAddress, parseAbi } from 'viem'
import { WorkflowFailure } from '../base/errors'
import type { Config } from '../config/config'
import { type Chain, beginCall } from './chain'

const tokenAbi = parseAbi(['function decimals() view returns (uint8)'])
const consumerAbi = parseAbi([
  'function token() view returns (address)',
  'function totalSupply() view returns (uint256)',
])

const TOKEN = encodeFunctionData({ abi: consumerAbi, functionName: 'token' })
const TOTAL_SUPPLY = encodeFunctionData({ abi: consumerAbi, functionName: 'totalSupply' })
const DECIMALS = encodeFunctionData({ abi: tokenAbi, functionName: 'decimals' })

/** A stablecoin and the consumer that mints it. */
export type Basket = { stablecoin: Address; consumer: Address; decimals: number }

/** Reads the basket of the configuration; throws when the two addresses do not belong together. */
export function readBasket(runtime: Runtime<Config>, { chain }: { chain: Chain }): Basket {
  const stablecoin = getAddress(runtime.config.stablecoinAddress)
  const consumer = getAddress(runtime.config.mintingConsumerAddress)
  const minted = beginCall(runtime, { chain, to: consumer, data: TOKEN })
  const decimals = beginCall(runtime, { chain, to: stablecoin, data: DECIMALS })
  const answer = minted()
  if (answer === '0x') throw new WorkflowFailure(`${consumer} is no minting consumer on ${chain.name}`)
  const token = decodeFunctionResult({ abi: consumerAbi, functionName: 'token', data: answer })
  if (token !== stablecoin) throw new WorkflowFailure(`consumer ${consumer} mints ${token}, not ${stablecoin}`)
  const data = decimals()
  return { stablecoin, consumer, decimals: decodeFunctionResult({ abi: tokenAbi, functionName: 'decimals', data }) }
}

/** Begins to read what the basket owes: tokens issued and not redeemed, in base units. */
export function beginLiability(runtime: Runtime<Config>, params: { chain: Chain; basket: Basket }): () => bigint {
  const answer = beginCall(runtime, { chain: params.chain, to: params.basket.consumer, data: TOTAL_SUPPLY })
  return () => decodeFunctionResult({ abi: consumerAbi, functionName: 'totalSupply', data: answer() })
}
