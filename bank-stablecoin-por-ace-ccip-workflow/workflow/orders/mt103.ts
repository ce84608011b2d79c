// Parses a bank's MT103 message into a mint request.
import { z } from 'zod'
import { addressSchema } from '../base/address'
import { parseDecimal, toBaseUnitsExact } from '../base/decimal'
import { WorkflowFailure, firstIssue } from '../base/errors'
import { bankReferenceToBytes32 } from './reference'
import { AMOUNT_TOO_LARGE, MAX_AMOUNT, type MintRequest, type RequestContext } from './request'

/**
 * A bank's credit transfer message in JSON, as the original integration sends it, with the basket beside it; the amount is
 * in whole tokens.
 */
export const mt103Schema = z
  .object({
    messageType: z.literal('MT103'),
    stablecoin: addressSchema,
    consumer: addressSchema,
    transactionId: z.string().min(1),
    beneficiary: z.object({ account: z.string(), name: z.string().optional() }).strict(),
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
    throw new WorkflowFailure('MT103 payload refused: crossChain is not available')
  }
  const { stablecoin, consumer } = message
  const basket = { stablecoin, consumer }
  const validUntil = Math.floor(context.nowMillis / 1000) + context.validitySeconds
  const bankRef = bankReferenceToBytes32(message.bankReference)
  const refused = (reason: string): MintRequest => ({
    basket,
    validUntil,
    orders: [],
    malformed: [{ index: 0, bankRef, reason }],
  })
  const account = addressSchema.safeParse(message.beneficiary.account)
  if (!account.success) return refused(`beneficiary.account ${firstIssue(account.error)}`)
  const value = parseDecimal(message.amount)
  const decimals = context.decimals(basket)
  const amount = value && toBaseUnitsExact({ value, decimals })
  if (amount === undefined) return refused(`amount is no decimal number with at most ${decimals} decimals`)
  if (amount > MAX_AMOUNT) return refused(AMOUNT_TOO_LARGE)
  return { basket, validUntil, orders: [{ bankRef, account: account.data, amount }], malformed: [] }
}
