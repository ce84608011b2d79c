// Refuses triggers that a DON would not register.
import { fromBinary } from '@bufbuild/protobuf'
import { CRON_TRIGGER_PB, EVM_PB } from '@chainlink/cre-sdk/pb'
import { HostError } from '../base/errors'
import type { Limits } from '../base/limits'
import { assertWithin } from '../base/quota'
import type { Subscription } from './execution'
import { fastestInterval } from './schedule'

/** Refuses too many subscriptions, and each that is beyond its quota, whichever trigger the run is for. */
export function assertSubscriptions(subscriptions: Subscription[], limits: Limits): void {
  assertWithin(limits, 'triggers', subscriptions.length, 'wanted')
  for (const { id, payload } of subscriptions) {
    const bytes = payload?.value ?? new Uint8Array()
    if (id.startsWith('cron-trigger@')) assertSchedule(fromBinary(CRON_TRIGGER_PB.ConfigSchema, bytes), limits)
    if (id.startsWith('evm:')) assertFilter(fromBinary(EVM_PB.FilterLogTriggerRequestSchema, bytes), limits)
  }
}

function assertSchedule({ schedule }: CRON_TRIGGER_PB.Config, { cronMillis }: Limits): void {
  if (fastestInterval(schedule) >= cronMillis) return
  throw new HostError('CONFIG_REFUSED', `quota cronMillis exceeded: ${schedule} fires within ${cronMillis} ms`)
}

function assertFilter({ addresses, topics }: EVM_PB.FilterLogTriggerRequest, limits: Limits): void {
  assertWithin(limits, 'logAddresses', addresses.length, 'wanted')
  for (const { values } of topics) assertWithin(limits, 'logTopics', values.length, 'wanted')
}
