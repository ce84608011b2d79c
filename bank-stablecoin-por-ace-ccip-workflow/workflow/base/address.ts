// Parses EVM addresses.
import { getAddress, isAddress } from 'viem'
import { z } from 'zod'

/** An EVM address; mixed case must carry the right EIP-55 checksum. Parsed to its checksummed form. */
export const addressSchema = z.string().transform((text, context) => {
  const body = text.slice(2)
  const oneCase = body === body.toLowerCase() || body === body.toUpperCase()
  if (!isAddress(text, { strict: !oneCase })) {
    context.addIssue({ code: z.ZodIssueCode.custom, message: 'is not an EVM address with a valid checksum' })
    return z.NEVER
  }
  return getAddress(text.toLowerCase())
})
