// Runs the two phases of an execution on all nodes, and agrees on their results.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { type Any, EmptySchema } from '@bufbuild/protobuf/wkt'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { HostError, WorkflowError } from '../base/errors'
import type { Limits } from '../base/limits'
import { type Value, toPlain } from '../base/values'
import type { Don } from '../don/don'
import { MAX_RESPONSE_BYTES } from '../guest/protocol'
import type { Node } from './node'
import { SUBSCRIBE, TRIGGER } from './phases'

/** A trigger subscription of the workflow, at its handler's index. */
export type Subscription = { index: number; id: string; method: string; payload: Any | undefined }

/** Asks the workflow, on all nodes, which triggers it listens to. */
export async function readSubscriptions(params: {
  don: Don
  nodes: Node[]
  config: Uint8Array
  limits: Limits
}): Promise<Subscription[]> {
  const { result } = await runPhase({
    ...params,
    phase: SUBSCRIBE,
    request: { case: 'subscribe', value: create(EmptySchema) },
  })
  if (result.case === 'error') throw new HostError('CONFIG_REFUSED', result.value)
  if (result.case !== 'triggerSubscriptions') throw new HostError('HOST_ERROR', 'the workflow named no triggers')
  return result.value.subscriptions.map(({ id, method, payload }, index) => ({ index, id, method, payload }))
}

/** Fires a trigger on all nodes and gives what f+1 of them returned; throws WorkflowError when the handler threw. */
export async function fireTrigger(params: {
  don: Don
  nodes: Node[]
  config: Uint8Array
  limits: Limits
  subscription: Subscription
  event: Any
}): Promise<Value> {
  const trigger = create(SDK_PB.TriggerSchema, { id: BigInt(params.subscription.index), payload: params.event })
  const { result } = await runPhase({ ...params, phase: TRIGGER, request: { case: 'trigger', value: trigger } })
  if (result.case === 'error') throw new WorkflowError(result.value)
  if (result.case !== 'value') throw new HostError('HOST_ERROR', 'the workflow returned nothing')
  params.don.journal({ event: 'workflow.result', value: toPlain(result.value) })
  return result.value
}

async function runPhase(params: {
  don: Don
  nodes: Node[]
  config: Uint8Array
  limits: Limits
  phase: string
  request: SDK_PB.ExecuteRequest['request']
}): Promise<SDK_PB.ExecutionResult> {
  const { don, nodes, phase } = params
  const message = create(SDK_PB.ExecuteRequestSchema, {
    config: params.config,
    request: params.request,
    maxResponseSize: BigInt(Math.min(params.limits.resultBytes, MAX_RESPONSE_BYTES)),
  })
  const request = toBinary(SDK_PB.ExecuteRequestSchema, message)
  const agreed = agreeOnResult({ don, nodes, phase, request })
  return fromBinary(SDK_PB.ExecutionResultSchema, await Promise.race([agreed, don.failed]))
}

/** The result that f+1 nodes sent; the others are named, and may finish within the DON's time limit. */
async function agreeOnResult(params: {
  don: Don
  nodes: Node[]
  phase: string
  request: Uint8Array
}): Promise<Uint8Array> {
  const { don, nodes, phase, request } = params
  const everybody = Promise.withResolvers<void>()
  const votes = new Map<string, string[]>()
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  let open = nodes.length
  let winner: string | undefined
  const closeOne = (): void => {
    if (--open > 0) return
    everybody.resolve()
    if (winner !== undefined) return
    reject(new HostError('NODES_FAILED', `no ${don.f + 1} nodes returned the same result of the ${phase} phase`))
  }
  for (const node of nodes) {
    node
      .execute({ phase, request })
      .then(
        (bytes) => {
          don.journal({ event: 'node.finished', node: node.name, phase })
          const key = Buffer.from(bytes).toString('latin1')
          const agreeing = [...(votes.get(key) ?? []), node.name]
          votes.set(key, agreeing)
          if (winner === undefined && agreeing.length >= don.f + 1) {
            winner = key
            for (const [other, names] of votes) if (other !== key) nameDissenters(don, names, phase)
            resolve(bytes)
          } else if (winner !== undefined && winner !== key) nameDissenters(don, [node.name], phase)
        },
        () => undefined,
      )
      .finally(closeOne)
  }
  const result = await promise
  await Promise.race([everybody.promise, Bun.sleep(don.timeouts.finishMillis)])
  return result
}

/** Names nodes that returned another result. In the subscribe phase they count as faulty; after the trigger phase all is done. */
function nameDissenters(don: Don, names: string[], phase: string): void {
  for (const node of names) {
    don.journal({ event: 'node.dissent', level: 'warn', node, phase })
    don.evidence.conduct(node, 'DISSENTED', `returned another result of the ${phase} phase`)
    if (phase === SUBSCRIBE) don.markFaulty(node, 'subscribed to other triggers than the other nodes')
  }
}
