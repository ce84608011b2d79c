// Defines what crosses between the signer's process and that of the nodes: one line each, over the latter's stdin and stdout.
import { deserialize, serialize } from 'bun:jsc'
import type { Hex } from 'viem'
import { z } from 'zod'
import { parseQuietly } from '../base/json'
import type { UnsignedCall } from '../chain/transaction'
import type { Opening } from '../run/opening'
import type { DonSettings, Run } from '../run/settings'

/** To the nodes. */
export type ToNodes =
  /** First of all, once. `warm`: all nodes are loaded and the chain is checked before they are ready. */
  | { op: 'open'; settings: DonSettings; opening: Opening; warm: boolean }
  /** A run, once the one before has ended. */
  | { op: 'run'; run: Run }
  /** The answer to what was asked for under this number. */
  | { op: 'signed'; id: number; signed: Hex }
  | { op: 'refused'; id: number; reason: string }

/** The longest line of the nodes: what a report of 50 KB needs as a transaction. */
export const MAX_FRAME_BYTES = 1_000_000

const hex = z
  .string()
  .regex(/^0x(?:[0-9a-f]{2})*$/i)
  .transform((text) => text as Hex)
const quantity = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt)
const count = z.number().int().min(0)

const OUT = 'o'
const LEVELS = { i: 'info', w: 'warn', e: 'error' } as const

const frameSchema = z.discriminatedUnion('frame', [
  z.object({ frame: z.literal('ready') }),
  /** There is no DON; the lines say why. */
  z.object({ frame: z.literal('failed'), lines: z.array(z.string()) }),
  /** The end of the run: exit code and last line. */
  z.object({ frame: z.literal('end'), code: count, line: z.string(), rssBytes: count }),
  z.object({ frame: z.literal('report'), id: count, node: z.string(), rawReport: hex, context: hex }),
  z.object({
    frame: z.literal('transaction'),
    id: count,
    slot: count,
    call: z.object({
      chainId: count,
      nonce: count,
      to: hex,
      data: hex,
      gas: quantity,
      maxFeePerGas: quantity,
      maxPriorityFeePerGas: quantity,
    }),
  }),
])

/** A line for people, or of the journal. Most frames are, so it crosses as it is, behind a letter for where it belongs. */
type LineFrame =
  | { frame: 'out'; line: string }
  | { frame: 'journal'; level: (typeof LEVELS)[keyof typeof LEVELS]; line: string }

/** From the nodes. */
export type FromNodes = z.infer<typeof frameSchema> | LineFrame

/** A message to the nodes as a line. */
export function encodeToNodes(message: ToNodes): string {
  return Buffer.from(serialize(message)).toString('base64')
}

/** The message of a line; the sender is trusted. */
export function decodeToNodes(line: string): ToNodes {
  return deserialize(Buffer.from(line, 'base64')) as ToNodes
}

/** A frame of the nodes as a line. */
export function encodeFromNodes(frame: FrameInput): string {
  if (frame.frame === 'out') return OUT + frame.line
  return frame.frame === 'journal' ? frame.level.charAt(0) + frame.line : JSON.stringify(frame)
}

/** The frame of a line, or undefined when it is none. */
export function decodeFromNodes(line: string): FromNodes | undefined {
  const letter = line.charAt(0)
  if (letter === OUT) return { frame: 'out', line: line.slice(1) }
  const level = LEVELS[letter as keyof typeof LEVELS]
  if (level !== undefined) return { frame: 'journal', level, line: line.slice(1) }
  return frameSchema.safeParse(parseQuietly(line)).data
}

/** A frame as it is written. */
export type FrameInput = z.input<typeof frameSchema> | LineFrame

/** What asks for a transaction. */
export function transactionFrame(id: number, slot: number, call: UnsignedCall): FrameInput {
  const { gas, maxFeePerGas, maxPriorityFeePerGas, ...rest } = call
  const quantities = {
    gas: gas.toString(),
    maxFeePerGas: maxFeePerGas.toString(),
    maxPriorityFeePerGas: maxPriorityFeePerGas.toString(),
  }
  return { frame: 'transaction', id, slot, call: { ...rest, ...quantities } }
}
