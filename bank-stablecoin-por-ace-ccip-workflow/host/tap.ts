import { fromBinary } from '@bufbuild/protobuf'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import type { CallDesk } from './call-desk'
import { messageOf } from './errors'
import type { Journal } from './journal'
import type { NodeSeat } from './ports'

/** Hands a call through the node's tap to the desk; without a tap that is the desk alone. */
export async function callThroughTap(params: {
  seat: NodeSeat
  desk: CallDesk
  journal: Journal
  bytes: Uint8Array
  crash: (reason: string) => void
}): Promise<number> {
  const { seat, desk, bytes } = params
  const { tap } = seat.ports
  if (tap === undefined) return desk.call(bytes)
  const { callbackId, id, method } = fromBinary(SDK_PB.CapabilityRequestSchema, bytes)
  const verdict = await tap({ kind: 'call', callbackId, capability: id, method, bytes })
  if (verdict.action === 'crash') {
    params.crash('crashed')
    return -1
  }
  const answer = desk.call(verdict.action === 'replace' ? verdict.bytes : bytes)
  if (verdict.action === 'duplicate') {
    try {
      desk.call(bytes)
    } catch (error) {
      params.journal({ event: 'call.refused', level: 'warn', node: seat.name, reason: messageOf(error) })
    }
  }
  return answer
}

/** Hands a phase's result through the node's tap; undefined when the node crashed instead. */
export async function resultThroughTap(params: {
  seat: NodeSeat
  phase: string
  bytes: Uint8Array
  crash: (reason: string) => void
}): Promise<Uint8Array | undefined> {
  const { seat, phase, bytes } = params
  const verdict = await seat.ports.tap?.({ kind: 'result', phase, bytes })
  if (verdict?.action === 'crash') {
    params.crash('crashed')
    return undefined
  }
  return verdict?.action === 'replace' ? verdict.bytes : bytes
}
