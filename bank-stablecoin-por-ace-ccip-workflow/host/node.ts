import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import type { Capability } from './capabilities/call'
import type { Don } from './don'
import type { DonClock } from './don-clock'
import { CapabilityError, messageOf } from './errors'
import { startGuest } from './guest-process'
import type { Limits } from './limits'
import type { LogBook } from './log-book'
import type { NodeSeat } from './ports'
import { type GuestMessage, MAX_RESPONSE_BYTES, MODE_DON, MODE_NODE } from './protocol'
import { createQuota } from './quota'
import type { SeedSource } from './seed'

/** A node of the DON at work: its guest, and the calls it has in flight. */
export type Node = {
  name: string
  /** Resolves when the guest has loaded the workflow. */
  ready: Promise<void>
  /** Runs one phase (subscribe or trigger) and gives the serialized ExecutionResult. */
  execute: (params: { phase: string; request: Uint8Array }) => Promise<Uint8Array>
  stop: () => void
}

/** What all nodes of a run share. */
export type NodeContext = {
  don: Don
  clock: DonClock
  seeds: SeedSource
  logs: LogBook
  limits: Limits
  capabilities: Capability[]
  guestUrl: string
  program: string
}

type Pending = Map<number, Promise<SDK_PB.CapabilityResponse>>

/** Starts a node: its guest loads the workflow at once. */
export function startNode(context: NodeContext, seat: NodeSeat): Node {
  const { don, logs, limits } = context
  const { name } = seat
  const { journal } = don
  const ready = Promise.withResolvers<void>()
  ready.promise.catch(() => undefined)
  let phase = ''
  let last: Promise<unknown> = ready.promise
  let mode = MODE_DON
  let pending: Pending = new Map()
  let quota = createQuota({ limits, node: name, journal })
  let result = Promise.withResolvers<Uint8Array>()
  let response: Uint8Array | undefined

  const crash = (reason: string): void => {
    don.lose(name, reason)
    ready.reject(new Error(reason))
    result.reject(new Error(reason))
  }
  const call = async (bytes: Uint8Array): Promise<number> => {
    const request = fromBinary(SDK_PB.CapabilityRequestSchema, bytes)
    const { callbackId } = request
    if (pending.has(callbackId)) throw new Error(`callback id ${callbackId} is in use`)
    if (pending.size >= limits.callsInFlight) throw new Error(`more than ${limits.callsInFlight} calls in flight`)
    const capability = context.capabilities.find(({ serves }) => serves(request.id))
    if (capability === undefined) {
      journal({ event: 'capability.unknown', level: 'warn', node: name, capability: request.id })
      return -1
    }
    const round = `${phase}:${callbackId}`
    journal({ event: 'capability.call', node: name, round, capability: request.id, method: request.method })
    pending.set(callbackId, respond(capability.call({ seat, round, mode, quota, request, bytes })))
    return callbackId < 0 ? -callbackId : callbackId
  }
  const repeat = async (bytes: Uint8Array): Promise<void> => {
    try {
      await call(bytes)
    } catch (error) {
      journal({ event: 'call.refused', level: 'warn', node: name, reason: messageOf(error) })
    }
  }
  const deliver = async (bytes: Uint8Array): Promise<void> => {
    const verdict = await seat.ports.tap?.({ kind: 'result', phase, bytes })
    if (verdict?.action === 'crash') {
      guest.stop()
      return crash('crashed')
    }
    result.resolve(verdict?.action === 'replace' ? verdict.bytes : bytes)
  }
  const tapped = async (bytes: Uint8Array): Promise<number> => {
    const { tap } = seat.ports
    if (tap === undefined) return call(bytes)
    const { callbackId, id, method } = fromBinary(SDK_PB.CapabilityRequestSchema, bytes)
    const verdict = await tap({ kind: 'call', callbackId, capability: id, method, bytes })
    if (verdict.action === 'crash') {
      guest.stop()
      crash('crashed')
      return -1
    }
    const answer = await call(verdict.action === 'replace' ? verdict.bytes : bytes)
    if (verdict.action === 'duplicate') await repeat(bytes)
    return answer
  }
  const collectAnswers = async (bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> => {
    const { ids } = fromBinary(SDK_PB.AwaitCapabilitiesRequestSchema, bytes)
    const responses: Record<number, SDK_PB.CapabilityResponse> = {}
    for (const id of ids) {
      const promise = pending.get(id)
      if (promise === undefined) throw new Error(`no call with callback id ${id} is in flight`)
      responses[id] = await promise
      pending.delete(id)
    }
    const message = create(SDK_PB.AwaitCapabilitiesResponseSchema, { responses })
    const serialized = toBinary(SDK_PB.AwaitCapabilitiesResponseSchema, message)
    if (serialized.length > Math.min(maxBytes, MAX_RESPONSE_BYTES)) throw new Error('response exceeds the response size')
    return serialized
  }
  const now = async (): Promise<number> => (mode === MODE_NODE ? seat.ports.clock() : context.clock.now(seat))
  const answer = (work: Promise<Uint8Array | number | bigint>): void => {
    work.then(
      (value) => guest.answer(value instanceof Uint8Array ? value : new TextEncoder().encode(String(value))),
      (error: unknown) => guest.refuse(messageOf(error)),
    )
  }
  const onMessage = (message: GuestMessage): void => {
    switch (message.op) {
      case 'ready':
        return ready.resolve()
      case 'call':
        return answer(tapped(message.bytes))
      case 'await':
        return answer(collectAnswers(message.bytes, message.maxBytes))
      case 'now':
        return answer(now())
      case 'seed':
        return answer(Promise.resolve(context.seeds.seedOf({ node: name, mode: message.mode })))
      case 'secrets':
      case 'awaitSecrets':
        return answer(Promise.reject(new Error('secrets are not available')))
      case 'mode':
        mode = message.mode
        return
      case 'log':
        return logs.write({ node: name, mode, text: message.text })
      case 'console':
        return journal({ event: 'guest.console', node: name, text: message.text })
      case 'respond':
        response = message.bytes
        return
      case 'finished':
        void deliver(response ?? errorResult(message.error ?? 'the workflow sent no response'))
        return
    }
  }
  const guest = startGuest({ name, guestUrl: context.guestUrl, program: context.program, onMessage, onCrash: crash })
  return {
    name,
    ready: ready.promise,
    execute(params) {
      const turn = last.then(() => begin(params))
      last = turn.catch(() => undefined)
      return turn
    },
    stop: guest.stop,
  }

  function begin(params: { phase: string; request: Uint8Array }): Promise<Uint8Array> {
    phase = params.phase
    mode = MODE_DON
    pending = new Map()
    quota = createQuota({ limits, node: name, journal })
    result = Promise.withResolvers()
    response = undefined
    guest.send({ op: 'execute', request: params.request })
    return result.promise
  }
}

async function respond(work: Promise<Any>): Promise<SDK_PB.CapabilityResponse> {
  try {
    return create(SDK_PB.CapabilityResponseSchema, { response: { case: 'payload', value: await work } })
  } catch (error) {
    const value = error instanceof CapabilityError ? error.toWire() : messageOf(error)
    return create(SDK_PB.CapabilityResponseSchema, { response: { case: 'error', value } })
  }
}

/** The result that a workflow's own error handler would have sent. */
function errorResult(message: string): Uint8Array {
  const result = create(SDK_PB.ExecutionResultSchema, { result: { case: 'error', value: message } })
  return toBinary(SDK_PB.ExecutionResultSchema, result)
}
