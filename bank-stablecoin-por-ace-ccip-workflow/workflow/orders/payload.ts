// Parses the payload of the HTTP trigger.
import type { HTTPPayload } from '@chainlink/cre-sdk'
import { type Hex, zeroAddress } from 'viem'
import { z } from 'zod'
import { addressSchema } from '../base/address'
import { WorkflowFailure, firstIssue } from '../base/errors'
import { MAX_VALIDITY_SECONDS } from '../config/config'
import { mt103Schema, parseMt103 } from './mt103'
import { deriveReference } from './reference'
import {
  AMOUNT_TOO_LARGE,
  MAX_AMOUNT,
  type MalformedOrder,
  type MintRequest,
  type Order,
  type RequestContext,
} from './request'

/** Orders that fit into a report of 5 KB: 461 bytes of header and fixed fields, 128 bytes per order. */
export const MAX_ORDERS = 35

const referenceSchema = z.string().regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x followed by 64 hexadecimal digits')
const orderSchema = z
  .object({
    bankRef: referenceSchema.optional(),
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
    /** Without any, the reserve is attested. */
    orders: z.array(z.unknown()).max(MAX_ORDERS),
  })
  .strict()

type Payload = z.infer<typeof payloadSchema>

/** Parses the trigger's payload: our batch form, or one MT103 message as a bank sends it. Throws one sentence. */
export function parsePayload(payload: HTTPPayload, context: RequestContext): MintRequest {
  const json = decodeInput(payload.input)
  if (isMt103(json)) {
    const message = mt103Schema.safeParse(json)
    if (!message.success) throw new WorkflowFailure(`MT103 payload refused: ${firstIssue(message.error)}`)
    return parseMt103(message.data, context)
  }
  const parsed = payloadSchema.safeParse(json)
  if (!parsed.success) throw new WorkflowFailure(`payload refused: ${firstIssue(parsed.error)}`)
  assertChain(parsed.data, context)
  const { stablecoin, consumer } = parsed.data
  const validUntil = validUntilOf(parsed.data, context)
  return { basket: { stablecoin, consumer }, validUntil, ...ordersOf(parsed.data, context) }
}

function decodeInput(input: Uint8Array): unknown {
  if (input.length === 0) throw new WorkflowFailure('payload refused: the trigger brought no input')
  try {
    return JSON.parse(new TextDecoder().decode(input))
  } catch {
    throw new WorkflowFailure('payload refused: it is not JSON')
  }
}

function isMt103(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'messageType' in json
}

function assertChain(payload: Payload, context: RequestContext): void {
  if (payload.chainId !== context.chainId) {
    throw new WorkflowFailure(
      `payload refused: it is for chain ${payload.chainId}, the workflow runs on ${context.chainId}`,
    )
  }
}

function validUntilOf(payload: Payload, context: RequestContext): number {
  const now = Math.floor(context.nowMillis / 1000)
  const validUntil = payload.validUntil ?? now + context.validitySeconds
  if (validUntil > now + MAX_VALIDITY_SECONDS) {
    throw new WorkflowFailure(`payload refused: validUntil is more than ${MAX_VALIDITY_SECONDS} seconds ahead`)
  }
  return validUntil
}

function ordersOf(payload: Payload, context: RequestContext): Pick<MintRequest, 'orders' | 'malformed'> {
  const { nowMillis } = context
  const orders: Order[] = []
  const malformed: MalformedOrder[] = []
  for (const [index, json] of payload.orders.entries()) {
    const parsed = orderSchema.safeParse(json)
    const amount = parsed.success ? BigInt(parsed.data.amount) : 0n
    if (parsed.success && amount <= MAX_AMOUNT) {
      const { account } = parsed.data
      const bankRef = parsed.data.bankRef ?? deriveReference({ nowMillis, index, account, amount })
      orders.push({ bankRef: bankRef.toLowerCase() as Hex, account, amount })
    } else {
      const reason = parsed.success ? AMOUNT_TOO_LARGE : firstIssue(parsed.error)
      malformed.push({ index, bankRef: usableReference(json, { nowMillis, index }), reason })
    }
  }
  return { orders, malformed }
}

/** The reference under which a malformed order is answered: its own, where it has one. */
function usableReference(json: unknown, at: { nowMillis: number; index: number }): Hex {
  const own = referenceSchema.safeParse((json as { bankRef?: unknown } | null)?.bankRef)
  return own.success ? (own.data.toLowerCase() as Hex) : deriveReference({ ...at, account: zeroAddress, amount: 0n })
}
