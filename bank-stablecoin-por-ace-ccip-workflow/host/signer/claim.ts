// Reads what a run may have signed: the orders of its payload, and attestations of its basket.
import { type Address, type Hex, getAddress, isAddress, isHex, keccak256, stringToBytes } from 'viem'
import { z } from 'zod'

/** An order that the run's report may hold, once; without a reference it is one that the workflow makes up. */
export type ClaimedOrder = { bankRef: Hex | undefined; account: Address; amount: bigint }

/** What the signer signs for a run. */
export type Claim = {
  executionId: Hex
  transmitterSlot: number
  /** The consumer of the run's payload; `any` without one. Undefined, and nothing is signed, when the payload names none. */
  consumer: Address | 'any' | undefined
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

const basketFields = { stablecoin: addressSchema, consumer: addressSchema }

const payloadSchema = z.object({
  version: z.literal(1),
  ...basketFields,
  validUntil: z.number().int().positive().optional(),
  orders: z.array(z.unknown()).max(MAX_ORDERS),
})

const mt103Schema = z.object({
  messageType: z.literal('MT103'),
  ...basketFields,
  beneficiary: z.object({ account: addressSchema }),
  amount: z.string().regex(/^\d{1,78}(?:\.\d{1,78})?$/),
  bankReference: z.string().min(1).max(128),
})

/** What every claim says of its run. */
type ClaimingRun = Pick<Claim, 'executionId' | 'transmitterSlot'>

/**
 * The claim of a run that a payload fires. What the workflow would refuse anyway (a payload or an order that is malformed) is
 * claimed for nobody. `decimals` of its stablecoin is asked for only where the payload writes whole tokens.
 */
export async function claimOf(
  run: ClaimingRun & {
    /** The payload with the basket that it is for; undefined when it is none. */
    payload: unknown
    decimals: (stablecoin: Address) => Promise<number>
  },
): Promise<Claim> {
  const { executionId, transmitterSlot } = run
  const claim: Claim = { executionId, transmitterSlot, consumer: undefined, validUntil: undefined, orders: [] }
  const message = mt103Schema.safeParse(run.payload)
  if (message.success) {
    const { stablecoin, consumer, beneficiary, amount, bankReference } = message.data
    const units = toBaseUnits(amount, await run.decimals(stablecoin))
    const order = { bankRef: referenceOf(bankReference), account: beneficiary.account }
    return { ...claim, consumer, orders: units === undefined ? [] : [{ ...order, amount: units }] }
  }
  const payload = payloadSchema.safeParse(run.payload)
  if (!payload.success) return claim
  const orders = payload.data.orders.flatMap((json) => {
    const order = orderSchema.safeParse(json)
    return order.success ? [{ bankRef: undefined, ...order.data }] : []
  })
  const { consumer, validUntil } = payload.data
  return { ...claim, consumer, validUntil, orders }
}

/** The claim of a run that the schedule or a log fires: it may attest any basket, for the workflow chooses which. */
export function claimWithoutPayload({ executionId, transmitterSlot }: ClaimingRun): Claim {
  return { executionId, transmitterSlot, consumer: 'any', validUntil: undefined, orders: [] }
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
