/**
 * With clock, chain, payload and request id held still, a run signs the same bytes on a DON that has just loaded, on one
 * that has carried out hundreds of runs, and in either engine.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { EngineName } from '../host/run/settings'
import { ACCOUNTS, rawReportOf } from './support/fixture'
import { type TestDon, openInProcess, payloadOf, runOn, tokens } from './support/project'
import { healthyReserve } from './support/reserve-source'
import { openStage } from './support/stage'

/** Runs between the first and the last; 500 in `scripts/test.sh long`. */
const RUNS: Record<EngineName, number> = {
  bun: Number(process.env['REPEATED_RUNS'] ?? 30),
  quickjs: Number(process.env['REPEATED_RUNS'] ?? 6),
}
/** A minute for what a run takes when it is slow, on top of what a test may take. */
const LIMIT_MILLIS = 120_000 + Math.max(RUNS.bun, RUNS.quickjs) * 10_000

const { chain, source, project } = await openStage()
const now = Date.now()
source.answer(() => healthyReserve({ lastUpdated: new Date(now - 1_000).toISOString() }))
const held = payloadOf(project, {
  validUntil: Math.floor(now / 1_000) + 600,
  orders: [{ bankRef: `0x${'7'.repeat(64)}`, account: ACCOUNTS.beneficiary, amount: tokens(3) }],
})

/** The raw report of the run in which everything is held still; the chain is then as it was before. */
async function heldReport(don: TestDon): Promise<string> {
  const before = await chain.rpc('evm_snapshot', [])
  const outcome = await runOn(don, project, {
    payload: held,
    requestId: 'held',
    timeouts: { finishMillis: 60_000 },
    portsOf: ({ ordinary }) => ({ ...ordinary, clock: () => now }),
  })
  expect(outcome.error).toBeUndefined()
  expect(outcome.events.filter(({ level, event }) => level === 'warn' || event === 'guest.afresh')).toEqual([])
  const report = await rawReportOf(chain, outcome.result?.txHash ?? '')
  await chain.rpc('evm_revert', [before])
  return report
}

let reference = ''

beforeAll(async () => {
  const fresh = await openInProcess(project)
  reference = await heldReport(fresh)
  await fresh.stop()
  expect(reference.length).toBeGreaterThan(2 * 109)
})

const ENGINES: [EngineName][] = [['bun'], ['quickjs']]

describe.each(ENGINES)('repeatable: the report of a DON on %s', (engine) => {
  let don: TestDon
  afterAll(() => don.stop())

  test(
    `is the same fresh and after ${RUNS[engine]} runs`,
    async () => {
      don = await openInProcess(project, { engine })
      expect(await heldReport(don)).toBe(reference)
      for (let run = 0; run < RUNS[engine]; run++) {
        // Every fifth one is refused, every fifth one a batch.
        const orders = Array.from({ length: run % 5 === 1 ? 4 : 1 }, (_, index) => ({
          account: index === 0 ? ACCOUNTS.beneficiary : `0x${(run * 8 + index + 1).toString(16).padStart(40, '0')}`,
          amount: tokens(run + 1),
        }))
        const payload = run % 5 === 3 ? { version: 2 } : payloadOf(project, { orders })
        const { error } = await runOn(don, project, { payload })
        expect(error?.code).toBe(run % 5 === 3 ? 'WORKFLOW_ERROR' : undefined)
      }
      expect(await heldReport(don)).toBe(reference)
    },
    LIMIT_MILLIS,
  )
})
