// Routes one node's capability calls, and keeps those that are in flight.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { CapabilityError, HostError, messageOf } from '../base/errors'
import type { Journal } from '../base/journal'
import type { Quota } from '../base/quota'
import type { Capability } from '../capabilities/call'
import { RpcUnavailable } from '../chain/rpc'
import type { NodeSeat } from '../don/ports'
import { MAX_RESPONSE_BYTES } from '../guest/protocol'

/** Where a guest is in its run. */
export type GuestState = { phase: string; mode: number; quota: Quota }

/** A node's capability calls in flight during one phase. */
export type CapabilityCalls = {
  /** Starts a call and gives what the guest sees at once: a number, negative when there is no such capability. */
  start: (bytes: Uint8Array) => number
  /** A call was refused whose guest has gone on: whoever awaits it is told. */
  refuse: (bytes: Uint8Array, error: unknown) => void
  /** Waits for the calls of a serialized AwaitCapabilitiesRequest. */
  collectResponses: (bytes: Uint8Array, maxBytes: number) => Promise<Uint8Array>
}

/** The capability calls of a node in a phase. */
export function createCapabilityCalls(params: {
  seat: NodeSeat
  capabilities: Capability[]
  journal: Journal
  state: () => GuestState
}): CapabilityCalls {
  const { seat, journal } = params
  const pending = new Map<number, Promise<SDK_PB.CapabilityResponse>>()
  const refused = new Map<number, unknown>()
  return {
    start(bytes) {
      const request = fromBinary(SDK_PB.CapabilityRequestSchema, bytes)
      const { callbackId } = request
      const { phase, mode, quota } = params.state()
      if (pending.has(callbackId)) throw new Error(`callback id ${callbackId} is in use`)
      if (pending.size >= quota.limits.callsInFlight)
        throw new Error(`more than ${quota.limits.callsInFlight} calls in flight`)
      const capability = params.capabilities.find(({ serves }) => serves(request.id))
      if (capability === undefined) {
        journal({ event: 'capability.unknown', level: 'warn', node: seat.name, capability: request.id })
        return -1
      }
      const round = `${phase}:${callbackId}`
      journal({ event: 'capability.call', node: seat.name, round, capability: request.id, method: request.method })
      const work = capability.call({ seat, round, mode, quota, request, bytes })
      pending.set(
        callbackId,
        responseOf(work, (error) => journal({ event: 'call.failed', level: 'warn', node: seat.name, round, error })),
      )
      return Math.abs(callbackId)
    },
    refuse(bytes, error) {
      refused.set(fromBinary(SDK_PB.CapabilityRequestSchema, bytes).callbackId, error)
    },
    async collectResponses(bytes, maxBytes) {
      const { ids } = fromBinary(SDK_PB.AwaitCapabilitiesRequestSchema, bytes)
      const responses: Record<number, SDK_PB.CapabilityResponse> = {}
      for (const id of ids) {
        const promise = pending.get(id)
        if (promise === undefined) throw refused.get(id) ?? new Error(`no call with callback id ${id} is in flight`)
        responses[id] = await promise
        pending.delete(id)
      }
      const message = create(SDK_PB.AwaitCapabilitiesResponseSchema, { responses })
      const serialized = toBinary(SDK_PB.AwaitCapabilitiesResponseSchema, message)
      if (serialized.length > Math.min(maxBytes, MAX_RESPONSE_BYTES))
        throw new Error('response exceeds the response size')
      return serialized
    },
  }
}

/** The response of a call; of what is no error of ours the guest learns that it happened, and the operator the rest. */
async function responseOf(
  work: Promise<Any>,
  tellOperator: (error: string) => void,
): Promise<SDK_PB.CapabilityResponse> {
  try {
    return create(SDK_PB.CapabilityResponseSchema, { response: { case: 'payload', value: await work } })
  } catch (error) {
    const ours = error instanceof CapabilityError || error instanceof HostError || error instanceof RpcUnavailable
    if (!ours) tellOperator(messageOf(error))
    const told = ours ? error : new CapabilityError('Unavailable', 'the host failed in a call', 'System')
    const value = told instanceof CapabilityError ? told.toWire() : told.message
    return create(SDK_PB.CapabilityResponseSchema, { response: { case: 'error', value } })
  }
}
