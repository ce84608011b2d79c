// Parses the payload of the HTTP trigger.
import type { HTTPPayload } from '@chainlink/cre-sdk'
import { z } from 'zod'
import { addressSchema } from '../base/address'
import { MAX_VALIDITY_SECONDS } from '../config/config'
import { firstIssue } from '../base/errors'
import { mt103Schema, parseMt103 } from './mt103'
import { deriveReference } from './reference'
import type { MintRequest, Order, RequestContext } from './request'

/** Orders that fit into a report of 5 KB: 397 bytes of header and fixed fields, 96 bytes per order. */
export const MAX_ORDERS = 45

const orderSchema = z
  .object({
    bankRef: z
      .string()
      .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x followed by 64 hexadecimal digits')
      .optional(),
    account: addressSchema,
    amount: z.string().regex(/^(0|[1-9][0-9]{0,77})$/, 'must be base units in decimal digits'),
  })
  .strict()

const payloadSchema = z
  .object({
    version: z.literal(1),
    chainId: z.number().int().positive(),
    stablecoin: addressSchema,
    consumer: addressSchema,
    validUntil: z.number().int().positive().optional(),
    orders: z.array(orderSchema).min(1).max(MAX_ORDERS),
  })
  .strict()

type Payload = z.infer<typeof payloadSchema>

/** Parses the trigger's payload: our batch form, or one MT103 message as a bank sends it. Throws one sentence. */
export function parsePayload(payload: HTTPPayload, context: RequestContext): MintRequest {
  const json = decodeInput(payload.input)
  if (isMt103(json)) {
    const message = mt103Schema.safeParse(json)
    if (!message.success) throw new Error(`MT103 payload refused: ${firstIssue(message.error)}`)
    return parseMt103(message.data, context)
  }
  const parsed = payloadSchema.safeParse(json)
  if (!parsed.success) throw new Error(`payload refused: ${firstIssue(parsed.error)}`)
  assertBasket(parsed.data, context)
  return { validUntil: validUntilOf(parsed.data, context), orders: ordersOf(parsed.data, context) }
}

function decodeInput(input: Uint8Array): unknown {
  if (input.length === 0) throw new Error('payload refused: the trigger brought no input')
  try {
    return JSON.parse(new TextDecoder().decode(input))
  } catch {
    throw new Error('payload refused: it is not JSON')
  }
}

function isMt103(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'messageType' in json
}

function assertBasket(payload: Payload, context: RequestContext): void {
  if (payload.chainId !== context.chainId) {
    throw new Error(`payload refused: it is for chain ${payload.chainId}, the workflow runs on ${context.chainId}`)
  }
  if (payload.consumer !== context.consumer || payload.stablecoin !== context.stablecoin) {
    throw new Error(
      `payload refused: it is for ${payload.stablecoin} minted by ${payload.consumer}, the configuration names ${context.stablecoin} minted by ${context.consumer}`,
    )
  }
}

function validUntilOf(payload: Payload, context: RequestContext): number {
  const now = Math.floor(context.nowMillis / 1000)
  const validUntil = payload.validUntil ?? now + context.validitySeconds
  if (validUntil > now + MAX_VALIDITY_SECONDS) {
    throw new Error(`payload refused: validUntil is more than ${MAX_VALIDITY_SECONDS} seconds ahead`)
  }
  return validUntil
}

function ordersOf(payload: Payload, context: RequestContext): Order[] {
  return payload.orders.map((order, index) => {
    const amount = BigInt(order.amount)
    const bankRef =
      order.bankRef ?? deriveReference({ nowMillis: context.nowMillis, index, account: order.account, amount })
    return { bankRef: bankRef.toLowerCase() as Order['bankRef'], account: order.account, amount }
  })
}
