/** What a receipt of `BasketFactory.createBasket()` says, read without an ABI library. */

/** The part of a receipt that is read; viem's, ethers' and a wallet's own all have it. */
export interface Receipt {
  logs: readonly { address: string; topics: readonly string[]; data: string }[]
}

export interface CreatedBasket {
  /** The contract that says so: compare it with the gateway's `basketFactory`. */
  factory: string
  admin: string
  stablecoinAddress: string
  mintingConsumerAddress: string
}

/** Topic of `BasketCreated(address creator, address admin, address stablecoin, address mintingConsumer, string, string)`. */
const BASKET_CREATED = '0x5fcf38708b94ecdb53e489a693b3450a31cfba90c94dab9df7c2e751c1cbce87'

/** The basket that was created; undefined where the receipt tells of none. Addresses are of one case. */
export function fromReceipt({ logs }: Receipt): CreatedBasket | undefined {
  const log = logs.find(({ topics }) => topics[0] === BASKET_CREATED)
  if (!log) return undefined
  const { address: factory, topics, data } = log
  const [, , admin, stablecoinAddress, mintingConsumerAddress] = [...topics, data.slice(0, 66)].map(
    (word) => `0x${word.slice(26)}`,
  ) as [string, string, string, string, string]
  return { factory, admin, stablecoinAddress, mintingConsumerAddress }
}
