// Defines a mint request and its orders.
import type { Address, Hex } from 'viem'

/** One order to mint `amount` base units for `account`, under a reference that can be used once. */
export type Order = { bankRef: Hex; account: Address; amount: bigint }

/** An order that nobody could carry out: its place in the request, and which field is wrong. */
export type MalformedOrder = { index: number; bankRef: Hex; reason: string }

/**
 * A parsed mint request: the orders of one report, and the last second at which it may be delivered. A malformed order is
 * refused by itself; the others are none the worse for it.
 */
export type MintRequest = { validUntil: number; orders: Order[]; malformed: MalformedOrder[] }

/** The largest amount that there is on chain. */
export const MAX_AMOUNT = 2n ** 256n - 1n
export const AMOUNT_TOO_LARGE = 'amount is more than 2^256-1'

/** What a parser needs besides the payload: the basket, the chain, and DON time in unix milliseconds. */
export type RequestContext = {
  chainId: number
  stablecoin: Address
  consumer: Address
  /** Asked only where a payload writes whole tokens. */
  decimals: () => number
  nowMillis: number
  validitySeconds: number
}
