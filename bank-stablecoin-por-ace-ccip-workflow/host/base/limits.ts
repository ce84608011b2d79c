// Lists the quotas of one execution: those of limits.json, which has the form of `cre workflow limits export`.
import production from '../../limits.json'

/** The day on which limits.json was compared with Chainlink's documented service quotas. */
export const LIMITS_DATE = '2026-11-30'

/** What a workflow may use in one execution; sizes in bytes (1 KB = 1000), times in milliseconds. */
export type Limits = {
  httpCalls: number
  httpRequestBytes: number
  httpResponseBytes: number
  httpTimeoutMillis: number
  httpCacheAgeMillis: number
  evmReads: number
  evmReadBytes: number
  evmLogBlocks: number
  evmWrites: number
  evmGas: bigint
  reportBytes: number
  callsInFlight: number
  logLines: number
  logLineBytes: number
  triggerBytes: number
  triggers: number
  cronMillis: number
  /** Of a subscription to logs: addresses, and values of each topic. */
  logAddresses: number
  logTopics: number
  /** Of a log that fires the workflow. */
  logBytes: number
  configBytes: number
  secretsAtOnce: number
  consensusCalls: number
  observationBytes: number
  /** Of the workflow's result, and of one answer to it. */
  resultBytes: number
  executionMillis: number
  guestMemoryBytes: number
}

/** Which key of limits.json says which quota; `A.B` is key B of the object A. */
export const KEYS = {
  httpCalls: 'HTTPAction.CallLimit',
  httpRequestBytes: 'HTTPAction.RequestSizeLimit',
  httpResponseBytes: 'HTTPAction.ResponseSizeLimit',
  httpTimeoutMillis: 'HTTPAction.ConnectionTimeout',
  httpCacheAgeMillis: 'HTTPAction.CacheAgeLimit',
  evmReads: 'ChainRead.CallLimit',
  evmReadBytes: 'ChainRead.PayloadSizeLimit',
  evmLogBlocks: 'ChainRead.LogQueryBlockLimit',
  evmWrites: 'ChainWrite.TargetsLimit',
  evmGas: 'ChainWrite.EVM.TransactionGasLimit',
  reportBytes: 'ChainWrite.ReportSizeLimit',
  callsInFlight: 'CapabilityConcurrencyLimit',
  logLines: 'LogEventLimit',
  logLineBytes: 'LogLineLimit',
  triggers: 'TriggerSubscriptionLimit',
  cronMillis: 'CRONTrigger.FastestScheduleInterval',
  logAddresses: 'LogTrigger.FilterAddressLimit',
  logTopics: 'LogTrigger.FilterTopicsPerSlotLimit',
  logBytes: 'LogTrigger.EventSizeLimit',
  configBytes: 'WASMConfigSizeLimit',
  secretsAtOnce: 'Secrets.CallLimit',
  consensusCalls: 'Consensus.CallLimit',
  observationBytes: 'Consensus.ObservationSizeLimit',
  resultBytes: 'ExecutionResponseLimit',
  executionMillis: 'ExecutionTimeout',
  guestMemoryBytes: 'WASMMemoryLimit',
} as const satisfies Record<keyof Omit<Limits, 'triggerBytes'>, string>

/** Keys of limits.json that a local DON does not enforce, and why. */
export const NOT_ENFORCED: Record<string, string> = {
  TriggerRegistrationsTimeout: 'triggers are not registered with anybody',
  TriggerSubscriptionTimeout: 'the execution time bounds the subscribe phase',
  TriggerEventQueueLimit: 'runs arrive one after another; the gateway queues',
  TriggerEventQueueTimeout: 'runs arrive one after another; the gateway queues',
  CapabilityCallTimeout: 'each capability has a shorter deadline of its own',
  SecretsConcurrencyLimit: 'the same number bounds the secrets that are asked for at once',
  ExecutionConcurrencyLimit: 'a process carries out one run at a time; WORKFLOW_CONCURRENCY bounds the processes',
  WASMBinarySizeLimit: 'a bundle is no WASM; it is a hundredth of this',
  WASMCompressedBinarySizeLimit: 'a bundle is no WASM; it is a tenth of this',
  WASMSecretsSizeLimit: 'secrets lie in a file of the operator',
  'HTTPTrigger.RateLimit':
    'a run by hand is the only one, and the gateway mints as fast as it can; a DON refuses what comes sooner',
  'LogTrigger.EventRateLimit': 'a log is named by hand, one for a run',
}

/** A payload that carries as many orders as one report of the documented size. */
const TRIGGER_BYTES = 10_000

const SIZES: Record<string, number> = { '': 1, b: 1, kb: 1_000, mb: 1_000_000 }
const TIMES: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Chainlink's documented service quotas for a deployed workflow. */
export const PRODUCTION_LIMITS: Limits = parseLimits(production)

/** No quota but time and memory: a run always ends. */
export const NO_LIMITS: Limits = {
  httpCalls: Number.POSITIVE_INFINITY,
  httpRequestBytes: Number.POSITIVE_INFINITY,
  httpResponseBytes: 5_000_000,
  httpTimeoutMillis: 60_000,
  httpCacheAgeMillis: Number.POSITIVE_INFINITY,
  evmReads: Number.POSITIVE_INFINITY,
  evmReadBytes: Number.POSITIVE_INFINITY,
  evmLogBlocks: Number.POSITIVE_INFINITY,
  evmWrites: Number.POSITIVE_INFINITY,
  evmGas: 30_000_000n,
  reportBytes: Number.POSITIVE_INFINITY,
  callsInFlight: Number.POSITIVE_INFINITY,
  logLines: 100_000,
  logLineBytes: 1_000,
  triggerBytes: 5_000_000,
  triggers: Number.POSITIVE_INFINITY,
  cronMillis: 0,
  logAddresses: Number.POSITIVE_INFINITY,
  logTopics: Number.POSITIVE_INFINITY,
  logBytes: Number.POSITIVE_INFINITY,
  configBytes: Number.POSITIVE_INFINITY,
  secretsAtOnce: Number.POSITIVE_INFINITY,
  consensusCalls: Number.POSITIVE_INFINITY,
  observationBytes: Number.POSITIVE_INFINITY,
  resultBytes: Number.POSITIVE_INFINITY,
  executionMillis: 300_000,
  guestMemoryBytes: 1_000_000_000,
}

/** The quotas of a file in the form of the CLI; throws the name of a key that is missing or no quantity. */
export function parseLimits(file: unknown): Limits {
  const parsed = Object.entries(KEYS).map(([quota, key]) => {
    const quantity = quantityOf(key, valueAt(file, key))
    return [quota, quota === 'evmGas' ? BigInt(quantity) : quantity]
  })
  return { ...(Object.fromEntries(parsed) as Omit<Limits, 'triggerBytes'>), triggerBytes: TRIGGER_BYTES }
}

function valueAt(file: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], file)
}

/** `15` as it is, `5kb` in bytes, `5m0s` in milliseconds. */
function quantityOf(key: string, value: unknown): number {
  const text = String(value)
  const [, count, unit] = /^(\d+)([a-z]*)$/.exec(text) ?? []
  const size = unit === undefined ? undefined : SIZES[unit]
  if (size !== undefined) return Number(count) * size
  if (!/^(\d+(?:ms|[smh]))+$/.test(text)) throw new Error(`limits.json: ${key} is no quantity`)
  const parts = [...text.matchAll(/(\d+)(ms|[smh])/g)]
  return parts.reduce((sum, [, number, time]) => sum + Number(number) * (TIMES[time ?? ''] ?? 0), 0)
}
