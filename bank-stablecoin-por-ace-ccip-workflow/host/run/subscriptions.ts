// Refuses triggers that a DON would not register.
import { fromBinary } from '@bufbuild/protobuf'
import { CRON_TRIGGER_PB, EVM_PB } from '@chainlink/cre-sdk/pb'
import { HostError } from '../base/errors'
import type { Limits } from '../base/limits'
import type { Subscription } from './execution'
import { fastestInterval } from './schedule'

/** Refuses too many subscriptions, and each that is beyond its quota, whichever trigger the run is for. */
export function assertSubscriptions(subscriptions: Subscription[], limits: Limits): void {
  assertAtMost('triggers', subscriptions.length, limits)
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
  assertAtMost('logAddresses', addresses.length, limits)
  for (const { values } of topics) assertAtMost('logTopics', values.length, limits)
}

function assertAtMost(quota: 'triggers' | 'logAddresses' | 'logTopics', wanted: number, limits: Limits): void {
  if (wanted <= limits[quota]) return
  throw new HostError('CONFIG_REFUSED', `quota ${quota} exceeded: ${wanted} wanted, ${limits[quota]} allowed`)
}
