import type { Runtime } from '@chainlink/cre-sdk'
import { type Address, decodeFunctionResult, encodeFunctionData, getAddress, parseAbi } from 'viem'
import { type Chain, callContract } from './chain'
import type { Config } from './config'

const tokenAbi = parseAbi(['function decimals() view returns (uint8)'])
const consumerAbi = parseAbi([
  'function token() view returns (address)',
  'function totalSupply() view returns (uint256)',
])

/** A stablecoin and the consumer that mints it. */
export type Basket = { stablecoin: Address; consumer: Address; decimals: number }

/** Reads the basket of the configuration; throws when the two addresses do not belong together. */
export function readBasket(runtime: Runtime<Config>, params: { chain: Chain }): Basket {
  const stablecoin = getAddress(runtime.config.stablecoinAddress)
  const consumer = getAddress(runtime.config.mintingConsumerAddress)
  const data = encodeFunctionData({ abi: consumerAbi, functionName: 'token' })
  const answer = callContract(runtime, { chain: params.chain, to: consumer, data })
  if (answer === '0x') throw new Error(`${consumer} is no minting consumer on ${params.chain.name}`)
  const token = decodeFunctionResult({ abi: consumerAbi, functionName: 'token', data: answer })
  if (token !== stablecoin) throw new Error(`consumer ${consumer} mints ${token}, not ${stablecoin}`)
  return { stablecoin, consumer, decimals: readDecimals(runtime, { chain: params.chain, token }) }
}

/** What the basket owes: tokens issued and not redeemed, in base units. */
export function readLiability(runtime: Runtime<Config>, params: { chain: Chain; basket: Basket }): bigint {
  const data = encodeFunctionData({ abi: consumerAbi, functionName: 'totalSupply' })
  const answer = callContract(runtime, { chain: params.chain, to: params.basket.consumer, data })
  return decodeFunctionResult({ abi: consumerAbi, functionName: 'totalSupply', data: answer })
}

function readDecimals(runtime: Runtime<Config>, params: { chain: Chain; token: Address }): number {
  const data = encodeFunctionData({ abi: tokenAbi, functionName: 'decimals' })
  const answer = callContract(runtime, { chain: params.chain, to: params.token, data })
  return decodeFunctionResult({ abi: tokenAbi, functionName: 'decimals', data: answer })
}
