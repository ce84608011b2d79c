/** What a receipt of `BasketFactory.createBasket()` says, read without an ABI library. */

/** The part of a receipt that is read; viem's, ethers' and a wallet's own all have it. */
export interface Receipt {
  logs: readonly { address: string; topics: readonly string[]; data: string }[]
}

export interface CreatedBasket {
  /** The factory that says it. */
  factory: string
  creator: string
  admin: string
  stablecoinAddress: string
  mintingConsumerAddress: string
  name: string
  symbol: string
}

/** Topic of `BasketCreated(address,address,address,address,string,string)`. */
const BASKET_CREATED = '0x5fcf38708b94ecdb53e489a693b3450a31cfba90c94dab9df7c2e751c1cbce87'

/** The basket that was created; undefined where the receipt tells of none. Addresses are of one case. */
export function fromReceipt({ logs }: Receipt): CreatedBasket | undefined {
  const log = logs.find(({ topics }) => topics[0] === BASKET_CREATED)
  if (!log) return undefined
  const data = log.data.slice(2)
  const word = (at: number): string => data.slice(at * 64, at * 64 + 64)
  const addressOf = (text = ''): string => `0x${text.slice(-40)}`
  const textAt = (at: number): string => {
    const start = Number(`0x${word(at)}`) * 2
    const length = Number(`0x${data.slice(start, start + 64)}`)
    const bytes = data.slice(start + 64, start + 64 + length * 2).match(/../g) ?? []
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)))
  }
  return {
    factory: log.address,
    creator: addressOf(log.topics[1]),
    admin: addressOf(log.topics[2]),
    stablecoinAddress: addressOf(log.topics[3]),
    mintingConsumerAddress: addressOf(word(0)),
    name: textAt(1),
    symbol: textAt(2),
  }
}
