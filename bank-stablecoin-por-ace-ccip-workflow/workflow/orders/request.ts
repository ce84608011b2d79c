// Defines a mint request and its orders.
import type { Address, Hex } from 'viem'

/** A stablecoin and the consumer that mints it. */
export type BasketId = { stablecoin: Address; consumer: Address }

/** One order to mint `amount` base units for `account`, under a reference that can be used once. */
export type Order = { bankRef: Hex; account: Address; amount: bigint }

/** An order that nobody could carry out: its place in the request, and which field is wrong. */
export type MalformedOrder = { index: number; bankRef: Hex; reason: string }

/**
 * A parsed mint request: the orders of one report for one basket, and the last second at which it may be delivered. A
 * malformed order is refused by itself; the others are none the worse for it.
 */
export type MintRequest = { basket: BasketId; validUntil: number; orders: Order[]; malformed: MalformedOrder[] }

/** The largest amount that there is on chain. */
export const MAX_AMOUNT = 2n ** 256n - 1n
export const AMOUNT_TOO_LARGE = 'amount is more than 2^256-1'

/** What a parser needs besides the payload: the chain, and DON time in unix milliseconds. */
export type RequestContext = {
  chainId: number
  /** The token's decimals; asked only where a payload writes whole tokens. */
  decimals: (basket: BasketId) => number
  nowMillis: number
  validitySeconds: number
}
