// Asks the signer's process for signatures.
import type { Hex } from 'viem'
import { SigningRefused } from '../base/errors'
import type { Signatory } from '../don/ports'
import { type FrameInput, type ToNodes, transactionFrame } from './messages'

/** For an answer, in milliseconds: signing takes one. */
const ANSWER_MILLIS = 5_000
/** Questions that wait for an answer. */
const MAX_OPEN = 1_000

/** The way to the signer's process. */
export type RemoteSignatory = Signatory & {
  /** Takes an answer of the signer. */
  settle: (answer: Extract<ToNodes, { op: 'signed' | 'refused' }>) => void
}

/** Asks through `send`. */
export function createRemoteSignatory(send: (frame: FrameInput) => void): RemoteSignatory {
  const open = new Map<number, PromiseWithResolvers<Hex>>()
  let last = 0
  const ask = (frameOf: (id: number) => FrameInput): Promise<Hex> => {
    if (open.size >= MAX_OPEN) throw new Error('too many signatures are asked for')
    const id = ++last
    const asked = Promise.withResolvers<Hex>()
    const timer = setTimeout(() => asked.reject(new Error('the signer does not answer')), ANSWER_MILLIS)
    open.set(id, asked)
    send(frameOf(id))
    return asked.promise.finally(() => {
      clearTimeout(timer)
      open.delete(id)
    })
  }
  return {
    signReport: async (node, { rawReport, context }) =>
      ask((id) => ({ frame: 'report', id, node, rawReport, context })),
    signTransaction: async (slot, call) => ask((id) => transactionFrame(id, slot, call)),
    settle(answer) {
      const asked = open.get(answer.id)
      if (answer.op === 'signed') asked?.resolve(answer.signed)
      else asked?.reject(new SigningRefused(answer.reason))
    },
  }
}
