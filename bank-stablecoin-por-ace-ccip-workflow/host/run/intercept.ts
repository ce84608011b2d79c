// Lets a fault test intercept what a node's guest sends.
import { fromBinary } from '@bufbuild/protobuf'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { messageOf } from '../base/errors'
import type { Journal } from '../base/journal'
import type { NodeSeat } from '../don/ports'
import type { CapabilityCalls } from './capability-calls'

/** Starts a call of the guest, after the node's interceptor, where there is one, has seen it. */
export async function interceptCall(params: {
  seat: NodeSeat
  calls: CapabilityCalls
  journal: Journal
  bytes: Uint8Array
  crash: (reason: string) => void
}): Promise<number> {
  const { seat, calls, bytes } = params
  const { intercept } = seat.ports
  if (intercept === undefined) return calls.start(bytes)
  const { callbackId, id, method } = fromBinary(SDK_PB.CapabilityRequestSchema, bytes)
  const interception = await intercept({ kind: 'call', callbackId, capability: id, method, bytes })
  if (interception.action === 'crash') {
    params.crash('crashed')
    return -1
  }
  const answer = calls.start(interception.action === 'replace' ? interception.bytes : bytes)
  if (interception.action === 'duplicate') {
    try {
      calls.start(bytes)
    } catch (error) {
      params.journal({ event: 'call.refused', level: 'warn', node: seat.name, reason: messageOf(error) })
    }
  }
  return answer
}

/** Gives a phase's result as the node's interceptor leaves it; undefined when the node crashed instead. */
export async function interceptResult(params: {
  seat: NodeSeat
  phase: string
  bytes: Uint8Array
  crash: (reason: string) => void
}): Promise<Uint8Array | undefined> {
  const { seat, phase, bytes } = params
  const interception = await seat.ports.intercept?.({ kind: 'result', phase, bytes })
  if (interception?.action === 'crash') {
    params.crash('crashed')
    return undefined
  }
  return interception?.action === 'replace' ? interception.bytes : bytes
}
