// Encodes a report's body, and has the DON sign it.
import { type Report, type Runtime, prepareReportRequest } from '@chainlink/cre-sdk'
import { type Address, type Hex, encodeAbiParameters, parseAbiParameters } from 'viem'
import type { Config } from '../config/config'
import type { Order } from '../orders/request'
import { HERE } from './basket'

const REPORT_VERSION = 2

/** What a report tells the consumer to do. */
export const INSTRUCTION = { mint: 1, attest: 3 } as const

const parameters = parseAbiParameters([
  'uint8 version, uint8 instruction, uint256 chainId, address consumer, uint64 validUntil, Reserves reserves, Order[] orders, Redemption[] redemptions',
  'struct Reserves { uint256 amount; uint64 observedAt; }',
  'struct Order { bytes32 bankRef; address account; uint256 amount; uint64 destination; }',
  'struct Redemption { bytes32 id; uint8 step; bytes32 ref; uint64 paidAt; }',
])

/** The fields of a report body; amounts in base units, times in unix seconds. */
export type ReportBody = {
  instruction: (typeof INSTRUCTION)[keyof typeof INSTRUCTION]
  chainId: number
  consumer: Address
  validUntil: number
  reserves: { amount: bigint; observedAt: number }
  orders: Order[]
}

/** ABI-encodes a report body as the consumer decodes it. */
export function encodeReportBody(body: ReportBody): Hex {
  return encodeAbiParameters(parameters, [
    REPORT_VERSION,
    body.instruction,
    BigInt(body.chainId),
    body.consumer,
    BigInt(body.validUntil),
    { amount: body.reserves.amount, observedAt: BigInt(body.reserves.observedAt) },
    body.orders.map((order) => ({ ...order, destination: HERE })),
    [],
  ])
}

/** Has the DON sign a report body. */
export function signReport(runtime: Runtime<Config>, body: ReportBody): Report {
  return runtime.report(prepareReportRequest(encodeReportBody(body))).result()
}
