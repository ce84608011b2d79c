// Builds the event of the trigger that fires the workflow.
import { create, fromBinary } from '@bufbuild/protobuf'
import { type Any, anyPack, timestampFromMs } from '@bufbuild/protobuf/wkt'
import { CRON_TRIGGER_PB, EVM_PB, HTTP_TRIGGER_PB } from '@chainlink/cre-sdk/pb'
import { toHex } from 'viem'
import { HostError } from '../base/errors'
import type { Limits } from '../base/limits'
import { assertWithin } from '../base/quota'
import { evmOf } from '../capabilities/ids'
import type { ChainSettings } from '../chain/chain'
import { type RpcLog, logMessage, receiptSchema } from '../chain/evm-messages'
import { type Rpc, RpcUnavailable } from '../chain/rpc'
import type { Subscription } from './execution'
import type { FileContent, TriggerChoice } from './settings'

/** The handler that a trigger fires, and the event it gets. */
export type TriggerEvent = { subscription: Subscription; event: Any }

/** What the triggers look at. */
export type TriggerContext = { payload: FileContent; limits: Limits; chain: ChainSettings; rpc: Rpc; nowMillis: number }

/** Finds the workflow's subscription for the chosen trigger and builds the event. */
export async function triggerEvent(
  context: TriggerContext,
  params: { choice: TriggerChoice; subscriptions: Subscription[] },
): Promise<TriggerEvent> {
  const { choice, subscriptions } = params
  switch (choice.kind) {
    case 'http':
      return { subscription: subscriptionOf(subscriptions, /^http-trigger@/, 'HTTP'), event: httpEvent(context) }
    case 'cron':
      return {
        subscription: subscriptionOf(subscriptions, /^cron-trigger@/, 'cron'),
        event: cronEvent(context, choice),
      }
    case 'log': {
      const subscription = subscriptionOf(subscriptions, new RegExp(`^${evmOf(context.chain.selector)}$`), 'log')
      return { subscription, event: await logEvent(context, subscription, choice) }
    }
  }
}

function subscriptionOf(subscriptions: Subscription[], id: RegExp, name: string): Subscription {
  const subscription = subscriptions.find((entry) => id.test(entry.id))
  if (subscription === undefined) throw new HostError('HOST_ERROR', `the workflow has no ${name} trigger`)
  return subscription
}

function httpEvent(context: TriggerContext): Any {
  const input = context.payload
  if (typeof input === 'string') {
    throw new HostError('FILES_UNAVAILABLE', 'http_trigger_payload.json cannot be read')
  }
  assertWithin(context.limits, 'triggerBytes', input.length, 'sent')
  return anyPack(HTTP_TRIGGER_PB.PayloadSchema, create(HTTP_TRIGGER_PB.PayloadSchema, { input }))
}

function cronEvent(context: TriggerContext, { at }: { at?: number | undefined }): Any {
  const scheduledExecutionTime = timestampFromMs(at === undefined ? context.nowMillis : at * 1_000)
  return anyPack(CRON_TRIGGER_PB.PayloadSchema, create(CRON_TRIGGER_PB.PayloadSchema, { scheduledExecutionTime }))
}

/** The log is read from the chain, and must be one that the workflow subscribed to. */
async function logEvent(
  context: TriggerContext,
  subscription: Subscription,
  choice: { txHash: string; index: number },
): Promise<Any> {
  const answer = await context.rpc('eth_getTransactionReceipt', [choice.txHash])
  if (answer === null) throw new HostError('HOST_ERROR', `there is no transaction ${choice.txHash}`)
  const receipt = receiptSchema.safeParse(answer)
  if (!receipt.success) throw new RpcUnavailable('NOT_JSON_RPC', 'eth_getTransactionReceipt')
  const log = receipt.data.logs[choice.index]
  if (log === undefined) throw new HostError('HOST_ERROR', `transaction ${choice.txHash} has no log ${choice.index}`)
  const filter = fromBinary(EVM_PB.FilterLogTriggerRequestSchema, subscription.payload?.value ?? new Uint8Array())
  if (!matches(filter, log)) throw new HostError('HOST_ERROR', 'the workflow did not subscribe to this log')
  const event = anyPack(EVM_PB.LogSchema, logMessage(log))
  assertWithin(context.limits, 'logBytes', event.value.length, 'sent')
  return event
}

function matches(filter: EVM_PB.FilterLogTriggerRequest, log: RpcLog): boolean {
  const address = log.address.toLowerCase()
  if (filter.addresses.length > 0 && !filter.addresses.some((candidate) => toHex(candidate) === address)) return false
  return filter.topics.every(({ values }, position) => {
    const topic = log.topics[position]?.toLowerCase()
    return values.length === 0 || values.some((value) => toHex(value) === topic)
  })
}
