// Serves one node's guest during a run.
import { create, toBinary } from '@bufbuild/protobuf'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { messageOf } from '../base/errors'
import type { Limits } from '../base/limits'
import { MODE_DON, MODE_NODE } from '../base/mode'
import { createQuota } from '../base/quota'
import type { Capability } from '../capabilities/call'
import type { DonClock } from '../don/clock'
import type { Don } from '../don/don'
import type { NodeSeat } from '../don/ports'
import type { GuestProcess, RunMessage } from '../guest/process'
import { type CapabilityCalls, type GuestState, createCapabilityCalls } from './capability-calls'
import { interceptCall, interceptResult } from './intercept'
import { SUBSCRIBE } from './phases'
import { type SecretRequests, type SecretStore, createSecretRequests } from './secrets'
import type { SeedSource } from './seed'
import type { WorkflowLog } from './workflow-log'

/** A node of the DON in one run: its guest, and the calls it has in flight. */
export type Node = {
  name: string
  /** Runs one phase (subscribe or trigger), after the one before, and gives the serialized ExecutionResult. */
  execute: (params: { phase: string; request: Uint8Array }) => Promise<Uint8Array>
  /** Has the guest forget the phases before; the next one waits for that. */
  renew: () => void
  /** Begins no further phase, and resolves when the guest is through with the one it is in. */
  close: () => Promise<void>
}

/** What all nodes of a run share. */
export type NodeContext = {
  don: Don
  clock: DonClock
  seeds: SeedSource
  log: WorkflowLog
  limits: Limits
  secrets: SecretStore
  capabilities: Capability[]
  /** Each phase has an instance of the workflow to itself. */
  apart: boolean
}

/** A sentence of the workflow's own (workflow/base/errors.ts) in what an engine or the SDK makes of it. */
const OWN_WORDS = /\b(?:WorkflowFailure|Failed to parse configuration): ([^\n]+)/

/** What a node keeps of the phase it is in. */
type Phase = GuestState & {
  calls: CapabilityCalls
  secrets: SecretRequests
  /** The last call that the guest has not waited for, once it was begun or refused. */
  begun: Promise<void>
  response?: Uint8Array
  result: PromiseWithResolvers<Uint8Array>
}

/** Seats a node for a run, with a guest that has loaded the workflow or is about to. */
export function seatNode(context: NodeContext, seat: NodeSeat, guest: GuestProcess): Node {
  const { don } = context
  const { name } = seat
  let closed = false
  let phase = openPhase(context, seat, '')
  let last: Promise<unknown> = guest.ready().then(() => {
    const reason = guest.afresh()
    if (reason !== undefined) don.journal({ event: 'guest.afresh', node: name, reason })
  })

  const crash = (detail: string): void => {
    void guest.stop()
    don.markFaulty(name, 'crashed', detail)
    phase.result.reject(new Error(detail))
  }
  const finish = async (bytes: Uint8Array): Promise<void> => {
    const result = await interceptResult({ seat, phase: phase.phase, bytes, crash })
    if (result !== undefined) phase.result.resolve(result)
  }
  const onMessage = (message: RunMessage): void => {
    if (message.op === 'finished') {
      if (message.error !== undefined)
        don.journal({ event: 'guest.failed', level: 'warn', node: name, error: message.error })
      void finish(phase.response ?? errorResult(OWN_WORDS.exec(message.error ?? '')?.[1]))
    } else serveMessage({ context, seat, phase, guest, crash }, message)
  }
  const begin = (params: { phase: string; request: Uint8Array }): Promise<Uint8Array> => {
    if (closed) throw new Error('the run is over')
    phase = openPhase(context, seat, params.phase)
    guest.send({ op: 'execute', request: params.request })
    return phase.result.promise
  }
  guest.setListener({ onMessage, onCrash: crash })
  last.catch((error: unknown) => crash(messageOf(error)))
  return {
    name,
    execute(params) {
      const turn = last.then(() => begin(params))
      last = turn.catch(() => undefined)
      return turn
    },
    renew() {
      last = last.then(() => guest.renew())
      last.catch(() => undefined)
    },
    async close() {
      closed = true
      await last.catch(() => undefined)
      guest.setListener(undefined)
    },
  }
}

function openPhase(context: NodeContext, seat: NodeSeat, name: string): Phase {
  const { journal } = context.don
  const quota = createQuota({ limits: context.limits, node: seat.name, journal })
  const result = Promise.withResolvers<Uint8Array>()
  result.promise.catch(() => undefined)
  const phase: Phase = {
    phase: name,
    mode: MODE_DON,
    quota,
    result,
    calls: createCapabilityCalls({ seat, capabilities: context.capabilities, journal, state: () => phase }),
    secrets: createSecretRequests({ store: context.secrets, node: seat.name, quota }),
    begun: Promise.resolve(),
  }
  return phase
}

type MessageContext = {
  context: NodeContext
  seat: NodeSeat
  phase: Phase
  guest: GuestProcess
  crash: (reason: string) => void
}

/** Serves what a guest asks in the middle of a phase. */
function serveMessage(request: MessageContext, message: Exclude<RunMessage, { op: 'finished' }>): void {
  const { context, seat, phase, guest, crash } = request
  const { don, clock, seeds, log } = context
  const { name } = seat
  const answer = (work: () => Promise<Uint8Array | number | bigint> | Uint8Array | number | bigint): void => {
    Promise.try(work).then(
      (value) => guest.answer(value instanceof Uint8Array ? value : new TextEncoder().encode(String(value))),
      (error: unknown) => guest.refuse(messageOf(error)),
    )
  }
  const begin = (bytes: Uint8Array): Promise<number> =>
    interceptCall({ seat, calls: phase.calls, journal: don.journal, bytes, crash })
  switch (message.op) {
    case 'call':
      return answer(() => begin(message.bytes))
    case 'begin':
      phase.begun = begin(message.bytes).then(
        () => undefined,
        (error: unknown) => phase.calls.refuse(message.bytes, error),
      )
      return
    case 'await':
      return answer(async () => {
        await phase.begun
        return phase.calls.collectResponses(message.bytes, message.maxBytes)
      })
    case 'secrets':
      return answer(() => phase.secrets.start(message.bytes))
    case 'awaitSecrets':
      return answer(() => phase.secrets.collectResponses(message.bytes))
    case 'now':
      return answer(() => (phase.mode === MODE_NODE ? seat.ports.clock() : clock.now(seat)))
    case 'seed':
      return answer(() => seeds.seedOf({ node: name, mode: message.mode }))
    case 'mode':
      phase.mode = message.mode
      return
    case 'log':
      return log.write({
        ...{ node: name, mode: phase.mode, text: message.text },
        apart: context.apart && phase.phase === SUBSCRIBE,
      })
    case 'console':
      return don.journal({ event: 'guest.console', node: name, text: message.text })
    case 'respond':
      phase.response = boundedResult(phase, message.bytes)
      return
  }
}

/** A result that is too large becomes the error that says so. */
function boundedResult(phase: Phase, bytes: Uint8Array): Uint8Array {
  try {
    phase.quota.fit('resultBytes', bytes.length)
    return bytes
  } catch (error) {
    return errorResult(messageOf(error))
  }
}

/** The result that a workflow's own error handler would have sent. */
function errorResult(message = 'the workflow ended without a response'): Uint8Array {
  const result = create(SDK_PB.ExecutionResultSchema, { result: { case: 'error', value: message } })
  return toBinary(SDK_PB.ExecutionResultSchema, result)
}
