// Defines a mint request and its orders.
import type { Address, Hex } from 'viem'

/** One order to mint `amount` base units for `account`, under a reference that can be used once. */
export type Order = { bankRef: Hex; account: Address; amount: bigint }

/** A parsed mint request: the orders of one report, and the last second at which it may be delivered. */
export type MintRequest = { validUntil: number; orders: Order[] }

/** What a parser needs besides the payload: the basket, the chain, and DON time in unix milliseconds. */
export type RequestContext = {
  chainId: number
  stablecoin: Address
  consumer: Address
  decimals: number
  nowMillis: number
  validitySeconds: number
}
