// Encodes a report's header and context, and checks signatures over them.
import { createHash } from 'node:crypto'
import { type Address, type Hex, concat, hexToBytes, keccak256, numberToHex } from 'viem'
import { recoverSigner } from './secp256k1'

/** Length of the header in front of a report's body, in bytes. */
export const HEADER_BYTES = 109

/** Fields of a report's header; `timestamp` in unix seconds, `reportId` the number of the call in the workflow. */
export type ReportHeader = {
  executionId: Hex
  timestamp: number
  donId: number
  configVersion: number
  workflowId: Hex
  workflowName: string
  workflowOwner: Address
  reportId: number
}

/** A report as KeystoneForwarder takes it: header and body, and the 96 byte context that is signed with it. */
export type SignableReport = { rawReport: Hex; context: Hex }

/** Encodes the header: version 1, then the fields in the forwarder's order, big-endian. */
export function encodeHeader(header: ReportHeader): Hex {
  return concat([
    '0x01',
    header.executionId,
    numberToHex(header.timestamp, { size: 4 }),
    numberToHex(header.donId, { size: 4 }),
    numberToHex(header.configVersion, { size: 4 }),
    header.workflowId,
    encodedNameOf(header.workflowName),
    header.workflowOwner,
    reportIdHex(header.reportId),
  ])
}

/** The ten bytes a report carries for the name: ASCII of the first ten characters of the hex sha256. */
export function encodedNameOf(name: string): Hex {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 10)
  return `0x${Buffer.from(digest, 'ascii').toString('hex')}`
}

/** A report id as the forwarder keys transmissions by it. */
export function reportIdHex(reportId: number): Hex {
  return numberToHex(reportId & 0xffff, { size: 2 })
}

/** The signed context: config digest, epoch and round (sequence number and zero), 32 zero bytes. */
export function encodeContext(params: { configDigest: Hex; seqNr: number }): Hex {
  const round = concat([numberToHex(0, { size: 27 }), numberToHex(params.seqNr, { size: 4 }), '0x00'])
  return concat([params.configDigest, round, numberToHex(0, { size: 32 })])
}

/** What a node signs: keccak256(keccak256(rawReport) ‖ context). */
export function reportDigest(params: SignableReport): Hex {
  return keccak256(concat([keccak256(params.rawReport), params.context]))
}

/** Turns a 27/28 recovery byte into the 0/1 that the forwarder expects. */
export function toForwarderSignature(signature: Hex): Hex {
  const bytes = hexToBytes(signature)
  const v = bytes[64] ?? 0
  return concat([signature.slice(0, 130) as Hex, numberToHex(v >= 27 ? v - 27 : v, { size: 1 })])
}

/** Whether `signature` (v 0/1) over `digest` is by `signer`. */
export async function isSignedBy(params: { digest: Hex; signature: Hex; signer: Address }): Promise<boolean> {
  const recovered = await recoverSigner(params)
  return recovered?.toLowerCase() === params.signer.toLowerCase()
}
