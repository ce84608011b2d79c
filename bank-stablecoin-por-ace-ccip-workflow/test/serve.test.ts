/** `CRE_SERVE=1 bun run main.ts` as the backend uses it: frames, order, the same runs as cold ones, endings, memory. */
import { afterAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ACCOUNTS, rawReportOf } from './support/fixture'
import {
  type FailureLine,
  type ResultLine,
  type RunOutcome,
  openInProcess,
  payloadOf,
  runCommand,
  runDirectory,
  runInProcess,
  runOn,
  tokens,
} from './support/project'
import { healthyReserve } from './support/reserve-source'
import { startServing } from './support/serving'
import { openStage } from './support/stage'

const OBSERVED_AT = new Date().toISOString()
const VARYING = [
  ...[/0x[0-9a-f]{64}/gi, /\b1[6-9]\d{8,11}\b/g, /[\d.]+ issued/g],
  ...[/"liability":"\d+"/g, /"signers":\[[^\]]*\]/g],
]

const { chain, source, project } = await openStage()
source.answer(() => healthyReserve({ lastUpdated: OBSERVED_AT }))
const serving = await startServing(project)

afterAll(() => serving.close())

const resultOf = (stdout: string[]) => JSON.parse(stdout.at(-1) ?? '') as ResultLine
const failureOf = (stderr: string[]) =>
  JSON.parse(stderr.at(-1) ?? '') as Pick<FailureLine, 'error' | 'code' | 'signed'>
/** A line without what differs between any two runs: hashes, times, and what was issued before. */
const told = (line: string) => VARYING.reduce((rest, pattern) => rest.replaceAll(pattern, '*'), line)
/** The report of a run, in which the header's last part names the workflow, and the body is what the consumer gets. */
async function reportOf(txHash: string): Promise<{ header: string; body: string }> {
  const raw = await rawReportOf(chain, txHash)
  return { header: raw.slice(45 * 2, 109 * 2), body: raw.slice(109 * 2) }
}

describe('serving: a run', () => {
  test('ends, says and writes what a cold run does', async () => {
    const validUntil = Math.floor(Date.now() / 1000) + 600
    const directoryOf = (digit: string) => {
      const order = { bankRef: `0x${digit.repeat(64)}`, account: ACCOUNTS.beneficiary, amount: tokens(1) }
      return runDirectory(project, payloadOf(project, { orders: [order], validUntil }))
    }
    const [coldDir, warmDir] = [directoryOf('a'), directoryOf('b')]
    const cold = await runCommand(project, { runDir: coldDir })
    const warm = await serving.run({ runDir: warmDir })
    expect(warm.code).toBe(cold.exitCode)
    const [coldResult, warmResult] = [resultOf(cold.stdout), resultOf(warm.stdout)]
    expect(warmResult.txHash).not.toBe(coldResult.txHash)
    const [coldReport, warmReport] = [await reportOf(coldResult.txHash), await reportOf(warmResult.txHash)]
    expect(warmReport.header).toBe(coldReport.header)
    expect(warmReport.body.replaceAll('b'.repeat(64), 'a'.repeat(64))).toBe(coldReport.body)
    const human = (lines: string[]) => lines.slice(0, -1).map(told)
    expect(human(warm.stdout)).toEqual(human(cold.stdout))
    expect(readFileSync(path.join(warmDir, 'events.jsonl'), 'utf8').trimEnd().split('\n')).toEqual(warm.stderr)
  })

  test('has the journal of a cold one, event by event', async () => {
    const options = { payload: payloadOf(project), timeouts: { finishMillis: 10_000 } }
    const don = await openInProcess(project)
    const asked = ({ events }: RunOutcome) => events.filter(({ phase }) => phase === 'subscribe').length
    expect(asked(await runOn(don, project, options))).toBe(4)
    const [warm, cold] = [await runOn(don, project, options), await runInProcess(project, options)]
    await don.stop()
    expect(asked(warm)).toBe(0)
    // A guest that was replaced says something of the run before; the first run of a DON asks for the triggers.
    const journal = ({ events }: RunOutcome) =>
      events
        .filter(({ event, phase }) => event !== 'guest.replaced' && phase !== 'subscribe')
        .map((event) => told(JSON.stringify(event)))
        .sort()
    expect(journal(warm)).toEqual(journal(cold))
  })

  test('has the exit codes of a cold one, and spares the next', async () => {
    const refused = await serving.run({ runDir: runDirectory(project, payloadOf(project), { gasLimit: '9' }) })
    expect([refused.code, failureOf(refused.stderr).code, failureOf(refused.stderr).signed]).toEqual([
      2,
      'CONFIG_REFUSED',
      false,
    ])
    const thrown = await serving.run({ runDir: runDirectory(project, { version: 2 }) })
    expect([thrown.code, failureOf(thrown.stderr).code]).toEqual([1, 'WORKFLOW_ERROR'])
    const noSlot = await serving.run({ runDir: runDirectory(project, payloadOf(project)), slot: 99 })
    expect([noSlot.code, failureOf(noSlot.stderr).code]).toEqual([2, 'HOST_ERROR'])
    expect((await serving.run({ runDir: runDirectory(project, payloadOf(project)) })).code).toBe(0)
  })

  test('waits for the one before, and pays from the slot it names', async () => {
    const dirs = Array.from({ length: 4 }, () => runDirectory(project, payloadOf(project)))
    const order: number[] = []
    const runs = dirs.map((runDir, slot) => serving.run({ runDir, slot }).finally(() => order.push(slot)))
    const payers = (await Promise.all(runs)).map(({ stderr }) =>
      stderr.flatMap((line) => (JSON.parse(line) as { transmitter?: string }).transmitter ?? []).join(),
    )
    expect(order).toEqual([0, 1, 2, 3])
    expect(new Set(payers).size).toBe(4)
  })

  test('with an old request id is the old execution', async () => {
    const request = { runDir: runDirectory(project, payloadOf(project)), requestId: 'served-twice' }
    const [first, second] = [await serving.run(request), await serving.run(request)]
    expect(resultOf(second.stdout).executionId).toBe(resultOf(first.stdout).executionId)
    expect(resultOf(second.stdout).txHash).toBe(resultOf(first.stdout).txHash)
  })
})

describe('serving: the process', () => {
  test('ends with 0 once stdin is closed and its runs are done', async () => {
    const other = await startServing(project)
    const run = other.run({ runDir: runDirectory(project, payloadOf(project)), slot: 5 })
    expect(await other.close()).toEqual({ exitCode: 0, stderr: [''] })
    expect((await run).code).toBe(0)
  })

  test.each(['nonsense', '{}', '{"runDir":"relative","requestId":"x"}', '{"runDir":"/d","requestId":"x","more":1}'])(
    'ends with 2 after the line %s',
    async (line) => {
      const other = await startServing(project)
      other.write(line)
      const { exitCode, stderr } = await other.close()
      const { code, error } = failureOf(stderr)
      expect({ exitCode, code, error }).toEqual({
        exitCode: 2,
        code: 'HOST_ERROR',
        error: expect.stringContaining('no valid request'),
      })
    },
  )

  test.each([
    ['RPC_UNAVAILABLE', { RPC_URL: 'http://127.0.0.1:1' }],
    ['HOST_ERROR', { CRE_DON_FILE: '/nonexistent/don.json' }],
  ])('says %s when it cannot start', async (code, env) => {
    const other = await startServing(project, { env })
    const { exitCode, stderr } = await other.close()
    const { code: said, signed } = failureOf(stderr)
    expect({ exitCode, said, signed }).toEqual({ exitCode: 2, said: code, signed: false })
  })
})
