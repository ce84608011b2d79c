/** What an officer types, parsed. Without I/O: the console reads it in a browser. */
import { type Address, getAddress, isAddress } from 'viem'

/** A mistake of the caller, told as one sentence. */
export class UsageError extends Error {}

/** Parses an address; one in mixed case must carry the right EIP-55 checksum. */
export function address(text: string | undefined, name = 'ACCOUNT'): Address {
  if (text === undefined) throw new UsageError(`${name} is missing: give an address`)
  const isMixedCase = /[a-f]/.test(text.slice(2)) && /[A-F]/.test(text.slice(2))
  if (!isAddress(text, { strict: false })) throw new UsageError(`${name} is not an address: "${text}"`)
  if (isMixedCase && !isAddress(text))
    throw new UsageError(`${name} has a wrong checksum: "${text}"; a character may be mistyped`)
  return getAddress(text)
}
