// Lists the quotas of one execution.

/** What a workflow may use in one execution; sizes in bytes (1 KB = 1000), times in milliseconds. */
export type Limits = {
  httpCalls: number
  httpRequestBytes: number
  httpResponseBytes: number
  httpTimeoutMillis: number
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
  secretsAtOnce: number
  consensusCalls: number
  observationBytes: number
  resultBytes: number
  executionMillis: number
  guestMemoryBytes: number
}

/** Chainlink's documented service quotas for a deployed workflow. */
export const PRODUCTION_LIMITS: Limits = {
  httpCalls: 5,
  httpRequestBytes: 10_000,
  httpResponseBytes: 100_000,
  httpTimeoutMillis: 10_000,
  evmReads: 15,
  evmReadBytes: 5_000,
  evmLogBlocks: 100,
  evmWrites: 10,
  evmGas: 5_000_000n,
  reportBytes: 5_000,
  callsInFlight: 30,
  logLines: 1_000,
  logLineBytes: 1_000,
  triggerBytes: 10_000,
  triggers: 10,
  secretsAtOnce: 5,
  consensusCalls: 2_000,
  observationBytes: 25_000,
  resultBytes: 100_000,
  executionMillis: 300_000,
  guestMemoryBytes: 100_000_000,
}

/** No quota but time and memory: a run always ends. */
export const NO_LIMITS: Limits = {
  httpCalls: Number.POSITIVE_INFINITY,
  httpRequestBytes: Number.POSITIVE_INFINITY,
  httpResponseBytes: 5_000_000,
  httpTimeoutMillis: 60_000,
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
  secretsAtOnce: Number.POSITIVE_INFINITY,
  consensusCalls: Number.POSITIVE_INFINITY,
  observationBytes: Number.POSITIVE_INFINITY,
  resultBytes: Number.POSITIVE_INFINITY,
  executionMillis: 300_000,
  guestMemoryBytes: 1_000_000_000,
}
