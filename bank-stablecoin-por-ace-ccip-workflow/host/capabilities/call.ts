// Defines a capability and a call to it, with the checks that all capabilities share.
import type { Message } from '@bufbuild/protobuf'
import { fromBinary } from '@bufbuild/protobuf'
import type { GenMessage } from '@bufbuild/protobuf/codegenv2'
import { type Any, anyPack } from '@bufbuild/protobuf/wkt'
import type { SDK_PB } from '@chainlink/cre-sdk/pb'
import { CapabilityError } from '../base/errors'
import { MODE_DON, type MODE_NODE } from '../base/mode'
import type { Quota } from '../base/quota'
import type { NodeSeat } from '../don/ports'

/** A capability call of one node's guest. `round` is the call's place in the run, equal on all nodes. */
export type CapabilityCall = {
  seat: NodeSeat
  round: string
  mode: number
  quota: Quota
  request: SDK_PB.CapabilityRequest
  bytes: Uint8Array
}

/** A capability: what it answers to, and how. */
export type Capability = {
  serves: (id: string) => boolean
  call: (call: CapabilityCall) => Promise<Any>
}

/** Decodes a call's payload. */
export function payloadOf<Shape extends Message>(
  call: { request: SDK_PB.CapabilityRequest },
  schema: GenMessage<Shape>,
): Shape {
  try {
    return fromBinary(schema, call.request.payload?.value ?? new Uint8Array())
  } catch {
    throw new CapabilityError('InvalidArgument', `the payload of ${call.request.method} cannot be decoded`)
  }
}

/** Packs a capability's reply. */
export function reply<Shape extends Message>(schema: GenMessage<Shape>, message: Shape): Any {
  return anyPack(schema, message)
}

/** Calls of the whole DON are not available to a single node, and the other way round. */
export function requireMode(call: CapabilityCall, mode: typeof MODE_DON | typeof MODE_NODE): void {
  if (call.mode === mode) return
  const wanted = mode === MODE_DON ? 'DON' : 'node'
  throw new CapabilityError(
    'InvalidArgument',
    `${call.request.id} ${call.request.method} is available in ${wanted} mode only`,
  )
}

/** Refuses a method that the capability does not have. */
export function unknownMethod(call: CapabilityCall): never {
  throw new CapabilityError('Unimplemented', `${call.request.id} has no method ${call.request.method}`)
}
