// Counts what one node has used of the quotas, and refuses a run that brings more than they allow.
import { CapabilityError, HostError } from './errors'
import type { Journal } from './journal'
import type { Limits } from './limits'

/** Quotas that count up over one execution of one node. */
type Counted = 'httpCalls' | 'evmReads' | 'evmWrites' | 'consensusCalls'
/** Quotas that bound one call. */
type Sized =
  | 'httpRequestBytes'
  | 'httpResponseBytes'
  | 'httpCacheAgeMillis'
  | 'evmReadBytes'
  | 'evmLogBlocks'
  | 'reportBytes'
  | 'secretsAtOnce'
  | 'observationBytes'
  | 'resultBytes'

/** Quotas that bound what a run brings along or the workflow asks for before it executes. */
type Brought = 'configBytes' | 'triggerBytes' | 'triggers' | 'logAddresses' | 'logTopics' | 'logBytes'

/** What a node has used of the limits in this execution. */
export type Quota = {
  limits: Limits
  /** Takes one of a counted quota; throws LimitExceeded when there is none left. */
  take: (quota: Counted) => void
  /** Refuses a size over the limit. */
  fit: (quota: Sized, size: number) => void
}

/** A fresh quota for one node and execution; exceeding it is named in the journal. */
export function createQuota(params: { limits: Limits; node: string; journal: Journal }): Quota {
  const { limits, node, journal } = params
  const used = new Map<Counted, number>()
  const refuse = (quota: string, limit: number, wanted: number): never => {
    journal({ event: 'limit.hit', level: 'warn', node, quota, limit, wanted })
    throw new CapabilityError('LimitExceeded', `quota ${quota} exceeded: ${wanted} wanted, ${limit} allowed`)
  }
  return {
    limits,
    take(quota) {
      const wanted = (used.get(quota) ?? 0) + 1
      if (wanted > limits[quota]) refuse(quota, limits[quota], wanted)
      used.set(quota, wanted)
    },
    fit(quota, size) {
      if (size > limits[quota]) refuse(quota, limits[quota], size)
    },
  }
}

/** Refuses the run when there is more of something than its quota allows. */
export function assertWithin(limits: Limits, quota: Brought, count: number, verb: 'sent' | 'wanted'): void {
  if (count <= limits[quota]) return
  throw new HostError('CONFIG_REFUSED', `quota ${quota} exceeded: ${count} ${verb}, ${limits[quota]} allowed`)
}
