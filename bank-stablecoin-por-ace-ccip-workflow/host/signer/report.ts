// Decodes a report, strictly: what it is decoded to encodes to the same bytes.
import {
  type Address,
  type Hex,
  decodeAbiParameters,
  encodeAbiParameters,
  getAddress,
  hexToNumber,
  parseAbiParameters,
  size,
  slice,
} from 'viem'
import { SigningRefused } from '../base/errors'
import { HEADER_BYTES, encodeContext } from '../chain/report'

/** Version of the body (contracts/src/libraries/ReportCodec.sol). */
const BODY_VERSION = 2
const HEADER_VERSION = '0x01'
/** Header and body of the largest report; a DON's own limit is a tenth of that. */
const MAX_REPORT_BYTES = 50_000
const CONTEXT_BYTES = 96

const body = parseAbiParameters([
  'uint8 version, uint8 instruction, uint256 chainId, address consumer, uint64 validUntil, Reserves reserves, Order[] orders, Redemption[] redemptions',
  'struct Reserves { uint256 amount; uint64 observedAt; }',
  'struct Order { bytes32 bankRef; address account; uint256 amount; uint64 destination; }',
  'struct Redemption { bytes32 id; uint8 step; bytes32 ref; uint64 paidAt; }',
])

/** What a report says of itself, and what it has the consumer do. */
export type DecodedReport = {
  header: {
    executionId: Hex
    donId: number
    configVersion: number
    workflowId: Hex
    /** As the report carries it, see `encodedNameOf`. */
    workflowName: Hex
    workflowOwner: Address
  }
  instruction: number
  chainId: bigint
  consumer: Address
  validUntil: bigint
  orders: readonly { bankRef: Hex; account: Address; amount: bigint; destination: bigint }[]
  redemptions: number
}

/** Decodes header and body; throws SigningRefused. */
export function decodeReport(rawReport: Hex): DecodedReport {
  const bytes = size(rawReport)
  if (bytes <= HEADER_BYTES || bytes > MAX_REPORT_BYTES) throw new SigningRefused(`a report has no ${bytes} bytes`)
  if (slice(rawReport, 0, 1) !== HEADER_VERSION) throw new SigningRefused('the header has another version')
  const [version, instruction, chainId, consumer, validUntil, , orders, redemptions] = decodeBody(
    slice(rawReport, HEADER_BYTES),
  )
  if (version !== BODY_VERSION) throw new SigningRefused(`the body has version ${version}`)
  return {
    header: {
      executionId: slice(rawReport, 1, 33),
      donId: hexToNumber(slice(rawReport, 37, 41)),
      configVersion: hexToNumber(slice(rawReport, 41, 45)),
      workflowId: slice(rawReport, 45, 77),
      workflowName: slice(rawReport, 77, 87),
      workflowOwner: getAddress(slice(rawReport, 87, 107)),
    },
    ...{ instruction, chainId, consumer, validUntil, orders, redemptions: redemptions.length },
  }
}

function decodeBody(encoded: Hex) {
  try {
    const decoded = decodeAbiParameters(body, encoded)
    if (encodeAbiParameters(body, decoded) === encoded) return decoded
  } catch {
    // Said below.
  }
  throw new SigningRefused('the body is none that the consumer decodes')
}

/** Refuses a context that is not of this DON. */
export function assertContext(params: { context: Hex; configDigest: Hex }): void {
  const { context, configDigest } = params
  if (size(context) === CONTEXT_BYTES) {
    const seqNr = hexToNumber(slice(context, 59, 63))
    if (encodeContext({ configDigest, seqNr }) === context) return
  }
  throw new SigningRefused('the context is not of this DON')
}
