// Turns bank references into the bytes that the consumer stores.
import { type Address, type Hex, encodeAbiParameters, isHex, keccak256, parseAbiParameters, stringToBytes } from 'viem'

const parameters = parseAbiParameters('string domain, uint64 nowMillis, uint64 index, address account, uint256 amount')

/** On-chain form of a bank's reference: itself when it is 32 bytes of hex already, else keccak256 of its UTF-8 bytes. */
export function bankReferenceToBytes32(reference: string): Hex {
  if (isHex(reference) && reference.length === 66) return reference.toLowerCase() as Hex
  return keccak256(stringToBytes(reference))
}

/** A reference for an order that brought none: every run by hand is a new order. */
export function deriveReference(params: { nowMillis: number; index: number; account: Address; amount: bigint }): Hex {
  return keccak256(
    encodeAbiParameters(parameters, [
      'derived bank reference',
      BigInt(params.nowMillis),
      BigInt(params.index),
      params.account,
      params.amount,
    ]),
  )
}
