// Reads what a run may have signed: the orders of its payload, and attestations of its basket.
import { type Address, type Hex, getAddress, isAddress, isHex, keccak256, stringToBytes } from 'viem'
import { z } from 'zod'

/** An order that the run's report may hold, once; without a reference it is one that the workflow makes up. */
export type ClaimedOrder = { bankRef: Hex | undefined; account: Address; amount: bigint }

/** What the signer signs for a run. */
export type Claim = {
  executionId: Hex
  transmitterSlot: number
  /** The consumer of the run's configuration; undefined, and nothing is signed, when it names none. */
  consumer: Address | undefined
  /** The last second of a mint report, where the payload says. */
  validUntil: number | undefined
  orders: ClaimedOrder[]
}

/** Most orders that a claim holds: ten reports full. */
const MAX_ORDERS = 400

const addressSchema = z
  .string()
  .refine((text) => isAddress(text, { strict: false }))
  .transform((text) => getAddress(text.toLowerCase()))

const orderSchema = z.object({
  bankRef: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .transform((text) => text.toLowerCase() as Hex)
    .optional(),
  account: addressSchema,
  amount: z
    .string()
    .regex(/^\d{1,78}$/)
    .transform(BigInt),
})

const payloadSchema = z.object({
  version: z.literal(1),
  consumer: addressSchema,
  validUntil: z.number().int().positive().optional(),
  orders: z.array(z.unknown()).max(MAX_ORDERS),
})

const mt103Schema = z.object({
  messageType: z.literal('MT103'),
  beneficiary: z.object({ account: addressSchema }),
  amount: z.string().regex(/^\d{1,78}(?:\.\d{1,78})?$/),
  bankReference: z.string().min(1).max(128),
})

/**
 * The claim of a run. What the workflow would refuse anyway (a payload or an order that is malformed) is claimed for nobody.
 * `decimals` of the run's stablecoin is asked for only where the payload writes whole tokens.
 */
export async function claimOf(run: {
  executionId: Hex
  transmitterSlot: number
  /** The run's configuration, if it is JSON. */
  config: unknown
  /** What fires the workflow; undefined when it is not a payload. */
  payload: unknown
  decimals: (stablecoin: Address) => Promise<number>
}): Promise<Claim> {
  const { executionId, transmitterSlot } = run
  const basket = z
    .object({ stablecoinAddress: addressSchema, mintingConsumerAddress: addressSchema })
    .safeParse(run.config)
  const consumer = basket.data?.mintingConsumerAddress
  const claim: Claim = { executionId, transmitterSlot, consumer, validUntil: undefined, orders: [] }
  if (basket.data === undefined) return claim
  const message = mt103Schema.safeParse(run.payload)
  if (message.success) {
    const { beneficiary, amount, bankReference } = message.data
    const units = toBaseUnits(amount, await run.decimals(basket.data.stablecoinAddress))
    const bankRef = referenceOf(bankReference)
    return { ...claim, orders: units === undefined ? [] : [{ bankRef, account: beneficiary.account, amount: units }] }
  }
  const payload = payloadSchema.safeParse(run.payload)
  if (!payload.success || payload.data.consumer !== consumer) return claim
  const orders = payload.data.orders.flatMap((json) => {
    const order = orderSchema.safeParse(json)
    return order.success ? [{ bankRef: undefined, ...order.data }] : []
  })
  return { ...claim, validUntil: payload.data.validUntil, orders }
}

/** A bank's reference as the consumer stores it. */
function referenceOf(reference: string): Hex {
  return isHex(reference) && reference.length === 66
    ? (reference.toLowerCase() as Hex)
    : keccak256(stringToBytes(reference))
}

/** Whole tokens in base units; undefined when they have more decimals than the token. */
function toBaseUnits(amount: string, decimals: number): bigint | undefined {
  const [whole = '', fraction = ''] = amount.split('.')
  const digits = fraction.replace(/0+$/, '')
  return digits.length > decimals ? undefined : BigInt(whole + digits.padEnd(decimals, '0'))
}
