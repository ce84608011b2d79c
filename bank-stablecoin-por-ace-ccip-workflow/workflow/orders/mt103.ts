// Parses a bank's MT103 message into a mint request.
import { z } from 'zod'
import { addressSchema } from '../base/address'
import { parseDecimal, toBaseUnitsExact } from '../base/decimal'
import { bankReferenceToBytes32 } from './reference'
import type { MintRequest, RequestContext } from './request'

/** A bank's credit transfer message in JSON, as the original integration sends it; the amount is in whole tokens. */
export const mt103Schema = z
  .object({
    messageType: z.literal('MT103'),
    transactionId: z.string().min(1),
    beneficiary: z.object({ account: addressSchema, name: z.string().optional() }).strict(),
    amount: z.string(),
    currency: z.string().min(1),
    valueDate: z.string().optional(),
    bankReference: z.string().min(1).max(128),
    crossChain: z.object({ enabled: z.boolean() }).passthrough().optional(),
  })
  .strict()

/** The mint request of one MT103 message; it is valid for as long as the configuration says. */
export function parseMt103(message: z.infer<typeof mt103Schema>, context: RequestContext): MintRequest {
  if (message.crossChain?.enabled === true) {
    throw new Error('MT103 payload refused: crossChain is not available')
  }
  const value = parseDecimal(message.amount)
  const amount = value && toBaseUnitsExact({ value, decimals: context.decimals })
  if (amount === undefined) {
    throw new Error(`MT103 payload refused: amount is no decimal number with at most ${context.decimals} decimals`)
  }
  return {
    validUntil: Math.floor(context.nowMillis / 1000) + context.validitySeconds,
    orders: [
      { bankRef: bankReferenceToBytes32(message.bankReference), account: message.beneficiary.account, amount },
    ],
  }
}
