/** The capabilities as a workflow sees them, their quotas, and that both engines see the same. */
import { afterAll, describe, expect, test } from 'bun:test'
import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { NO_LIMITS } from '../host/base/limits'
import engineGlobals from '../host/guest/engine-globals.json'
import { globalsOfEngine } from '../host/quickjs/globals'
import type { EngineName, TriggerChoice } from '../host/run/settings'
import { ACCOUNTS, mined } from './support/fixture'
import { signAnything } from './support/keys'
import { type DonOptions, type RunOptions, type RunOutcome, configurationOf, configure } from './support/project'
import { openStage } from './support/stage'
import { keepWarm } from './support/warm'

const TOPIC = '0x3617b009e9785c42daebadb6d3fb553243a4bf586d07ea72d65d80013ce116b5'
const ENGINE_TIMEOUTS = { graceMillis: 20_000, quorumMillis: 30_000, finishMillis: 30_000 }

const { chain, don, project } = await openStage({
  main: path.join(import.meta.dir, 'workflows/probe.ts'),
  config: ({ deployment }) => ({ watched: deployment.forwarder, topic: TOPIC }),
})
let requests: Request[] = []
let respond: (request: Request) => Response = () => new Response('hello')
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request) => {
    requests.push(request)
    return respond(request)
  },
})
afterAll(() => server.stop(true))

await chain.rpc('anvil_impersonateAccount', [ACCOUNTS.deployer])
await chain.rpc('anvil_mine', ['0x1'])
/** The block before the transfer. */
const before = BigInt((await chain.rpc('eth_blockNumber', [])) as string).toString()
const transfer = { from: ACCOUNTS.deployer, to: ACCOUNTS.beneficiary, value: '0x7b' }
const sent = (await mined(chain, transfer)).transactionHash

type Options = Omit<RunOptions & DonOptions, 'payload'>

const run = keepWarm(project)

/** The quota of reports is met by bytes that are no report, which the signer would refuse. */
const portsOf: NonNullable<Options['portsOf']> = ({ name, ordinary }) => ({
  ...ordinary,
  sign: signAnything(don.nodes.find((node) => node.name === name)?.privateKey ?? '0x'),
})

function ask(question: Record<string, unknown>, options: Options = {}): Promise<RunOutcome & { answer: unknown }> {
  requests = []
  return answered(run({ payload: question, portsOf, ...options }))
}

async function answered(running: Promise<RunOutcome>): Promise<RunOutcome & { answer: unknown }> {
  const outcome = await running
  const line = outcome.result as unknown as { answer?: string } | undefined
  return { ...outcome, answer: line?.answer === undefined ? undefined : (JSON.parse(line.answer) as unknown) }
}

describe('EVM reads', () => {
  test('BalanceAt', async () => {
    expect((await ask({ ask: 'balance', account: ACCOUNTS.beneficiary })).answer).toBe('123')
    expect((await ask({ ask: 'balance', account: ACCOUNTS.beneficiary, block: before })).answer).toBe('0')
  })
  test.each([
    [undefined, 'latest'],
    ['-2', 'latest'],
    ['-3', 'finalized'],
    ['-4', 'safe'],
    ['1', '0x1'],
  ])('HeaderByNumber %p', async (block, tag) => {
    const expected = (await chain.rpc('eth_getBlockByNumber', [tag, false])) as { hash: string; number: string }
    const { answer } = await ask({ ask: 'header', ...(block === undefined ? {} : { block }) })
    expect(answer).toMatchObject({ hash: expected.hash, number: BigInt(expected.number).toString() })
  })
  test('a block number that is neither positive nor a tag is refused', async () => {
    expect((await ask({ ask: 'header', block: '-9' })).error?.message).toContain('block number -9 is not available')
  })
  test('GetTransactionReceipt and GetTransactionByHash', async () => {
    expect((await ask({ ask: 'receipt', hash: sent })).answer).toEqual({ status: '1', logs: 0, txHash: sent })
    expect((await ask({ ask: 'transaction', hash: sent })).answer).toMatchObject({
      to: ACCOUNTS.beneficiary.toLowerCase(),
      data: 0,
    })
    const unknown = await ask({ ask: 'receipt', hash: `0x${'9'.repeat(64)}` })
    expect(unknown.error?.message).toContain('eth_getTransactionReceipt found nothing')
  })
  test('FilterLogs, within the block quota only', async () => {
    const latest = BigInt((await chain.rpc('eth_blockNumber', [])) as string)
    const { answer } = await ask({ ask: 'logs', block: (latest - 5n > 0n ? latest - 5n : 1n).toString() })
    expect(answer).toBeArray()
    const tooMany = await ask({ ask: 'logs', block: '1' }, { limits: { evmLogBlocks: 2 } })
    expect(tooMany.error?.message).toContain('quota evmLogBlocks exceeded')
  })
  test('EstimateGas', async () => {
    expect((await ask({ ask: 'gas', account: ACCOUNTS.beneficiary })).answer).toBe('21000')
  })
  test('a chain the DON does not have is no capability', async () => {
    expect((await ask({ ask: 'unknownChain' })).error?.message).toContain(
      "Capability 'evm:ChainSelector:1@1.0.0' not found",
    )
  })
})

describe('modes', () => {
  test('chains answer the whole DON only', async () => {
    expect((await ask({ ask: 'nodeModeChain' })).error?.message).toContain('available in DON mode only')
  })
  test('HTTP answers single nodes only', async () => {
    const { error } = await ask({ ask: 'donModeFetch', url: `${server.url}` })
    expect(error?.message).toContain('available in node mode only')
    expect(requests).toHaveLength(0)
  })
  test("DON time is one for all, node time is each node's own", async () => {
    const skew: Record<string, number> = { 'node-1': -5_000, 'node-2': 0, 'node-3': 5_000, 'node-4': 10_000 }
    const base = 1_790_000_000_000
    const { answer } = await ask(
      { ask: 'time' },
      { portsOf: ({ name, ordinary }) => ({ ...ordinary, clock: () => base + (skew[name] ?? 0) }) },
    )
    const { first, second, clocks } = answer as { first: number; second: number; clocks: number[][] }
    expect([first, second]).toEqual([base + 1, base + 2])
    expect(clocks.map(([clock]) => (clock ?? 0) - base).sort((a, b) => a - b)).toEqual([-5_000, 0, 5_000, 10_000])
  })
  test('what a DON does not have is not there', async () => {
    expect((await ask({ ask: 'sandbox' })).answer).toEqual([])
  })
  test("the globals are those of a DON's engine, two left out", async () => {
    expect(engineGlobals).toEqual(globalsOfEngine())
    const globals = async (engine: EngineName) =>
      (await ask({ ask: 'globals' }, { engine, timeouts: ENGINE_TIMEOUTS })).answer as string[]
    const [bun, quickjs] = [await globals('bun'), await globals('quickjs')]
    // It cannot be deleted; the workflow's own text does not see it.
    expect(bun.filter((name) => !quickjs.includes(name))).toEqual(['Bun'])
    expect(quickjs.filter((name) => !bun.includes(name)).sort()).toEqual(['InternalError', 'SharedArrayBuffer'])
    expect(bun).not.toContain('WeakRef')
  })
})

describe('HTTP actions', () => {
  test.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH'])('%s by every node', async (method) => {
    const { answer } = await ask({
      ask: 'fetch',
      url: `${server.url}x`,
      method,
      ...(method === 'GET' ? {} : { body: 'aGk=' }),
    })
    expect(answer).toBe('hello')
    expect(requests.map((request) => request.method)).toEqual(Array(4).fill(method))
  })
  test.each([
    [{ method: 'TRACE' }, 'HTTP method TRACE is not available'],
    [{ url: 'file:///etc/passwd' }, 'file: URLs are not available'],
    [{ url: 'nonsense' }, 'the URL cannot be parsed'],
  ])('%j is refused', async (change, reason) => {
    const { error } = await ask({ ask: 'fetch', url: `${server.url}`, ...change })
    expect(error?.message).toContain(reason)
  })
  test('with cacheSettings the nodes share one request', async () => {
    const { answer } = await ask({
      ask: 'fetch',
      url: `${server.url}once`,
      method: 'POST',
      body: 'aGk=',
      maxAge: '60s',
      count: 3,
    })
    expect(answer).toBe('hello')
    expect(requests).toHaveLength(1)
  })
  test('a server error is not kept', async () => {
    respond = () => new Response('down', { status: 500 })
    await ask({ ask: 'fetch', url: `${server.url}down`, maxAge: '60s', count: 2 })
    respond = () => new Response('hello')
    expect(requests.length).toBeGreaterThan(1)
  })
})

describe('secrets', () => {
  const file = () => path.join(path.dirname(project.donFile), 'secrets.json')
  const write = (secrets: unknown) => writeFileSync(file(), JSON.stringify({ version: 1, secrets }), { mode: 0o600 })

  test('reach the workflow, never a log', async () => {
    write([{ id: 'API_KEY', value: 'very-secret-value' }])
    const { answer, lines, events } = await ask({ ask: 'secret', id: 'API_KEY' })
    expect(answer).toBe('very-secret-value'.length)
    expect(lines).toEqual(['the secret is [secret]'])
    expect(JSON.stringify(events)).not.toContain('very-secret-value')
  })
  test('leave the run neither in a result nor in an error', async () => {
    write([{ id: 'API_KEY', value: 'very-secret-value' }])
    expect((await ask({ ask: 'secretTold', id: 'API_KEY' })).answer).toBe('[secret]')
    expect((await ask({ ask: 'secretThrown', id: 'API_KEY' })).error?.message).toBe('no bank takes [secret]')
  })
  test('each node may have its own', async () => {
    write([{ id: 'API_KEY', value: 'short', nodes: { 'node-1': 'much-longer' } }])
    expect((await ask({ ask: 'nodeSecret', id: 'API_KEY' })).answer).toEqual(['3', '1'])
  })
  test('at most five are fetched at once', async () => {
    write(Array.from({ length: 6 }, (_, index) => ({ id: `SECRET_${index}`, value: `value-${index}` })))
    expect((await ask({ ask: 'secrets', count: 5 })).answer).toBe(5)
    expect((await ask({ ask: 'secrets', count: 6 })).error?.message).toContain('quota secretsAtOnce exceeded')
  })
  test('one that does not exist is an error', async () => {
    expect((await ask({ ask: 'secret', id: 'NONE' })).error?.message).toContain('secret not found')
  })
  test('a file that others may read is refused', async () => {
    chmodSync(file(), 0o644)
    expect((await ask({ ask: 'secret', id: 'API_KEY' })).error?.message).toContain('may be read by others')
    chmodSync(file(), 0o600)
  })
})

describe('quotas', () => {
  const account = ACCOUNTS.beneficiary
  test.each([
    [{ ask: 'calls', count: 15, account }, { ask: 'calls', count: 16, account }, 'evmReads'],
    [{ ask: 'report', count: 4_891 }, { ask: 'report', count: 4_892 }, 'reportBytes'],
    [{ ask: 'fetch', count: 5 }, { ask: 'fetch', count: 6 }, 'httpCalls'],
    [{ ask: 'observe', count: 24_980 }, { ask: 'observe', count: 25_001 }, 'observationBytes'],
    [{ ask: 'observeMany', count: 20 }, { ask: 'observeMany', count: 21 }, 'consensusCalls'],
    [{ ask: 'fetch', maxAge: '600s' }, { ask: 'fetch', maxAge: '601s' }, 'httpCacheAgeMillis'],
    [{ ask: 'answer', count: 99_900 }, { ask: 'answer', count: 100_001 }, 'resultBytes'],
  ])('%j is allowed, %j is not', async (allowed, refused, quota) => {
    const url = `${server.url}`
    expect((await ask({ url, ...allowed })).error).toBeUndefined()
    const { error, events } = await ask({ url, ...refused })
    expect(error?.message).toContain(`quota ${quota} exceeded`)
    expect(events.find(({ event }) => event === 'limit.hit')).toMatchObject({ quota })
    expect((await ask({ url, ...refused }, { limits: NO_LIMITS })).error).toBeUndefined()
  })
  test.each<[Record<string, unknown>, Record<string, unknown>, RegExp]>([
    // In base64: 9 000 bytes, and 10 500.
    [{ method: 'POST', count: 12_000 }, { method: 'POST', count: 14_000 }, /quota httpRequestBytes exceeded/],
    [{ timeout: '10s' }, { timeout: '11s' }, /timeout 11000 ms is above 10000 ms/],
  ])('of requests (httpTimeoutMillis): %j, but not %j', async (allowed, refused, reason) => {
    expect((await ask({ ask: 'fetch', url: `${server.url}`, ...allowed })).error).toBeUndefined()
    expect((await ask({ ask: 'fetch', url: `${server.url}`, ...refused })).error?.message).toMatch(reason)
    expect(requests).toEqual([])
  })
  test('calls in flight: callsInFlight', async () => {
    const limits = { callsInFlight: 4 }
    expect((await ask({ ask: 'callsAtOnce', count: 4 }, { limits })).answer).toBe(4)
    expect((await ask({ ask: 'callsAtOnce', count: 5 }, { limits })).error?.message).toContain(
      'more than 4 calls in flight',
    )
  })
  test('writes and their gas: evmWrites, evmGas', async () => {
    const gas = await ask({ ask: 'write', count: 5_000_001 })
    expect(gas.error?.message).toContain('quota evmGas exceeded: 5000001 wanted, 5000000 allowed')
    const writes = await ask({ ask: 'write', count: 5_000_000 }, { limits: { evmWrites: 0 } })
    expect(writes.error?.message).toContain('quota evmWrites exceeded')
  })
  test('a configuration beyond the quota is refused: configBytes', async () => {
    const configBytes = Buffer.byteLength(configurationOf(project))
    expect((await ask({ ask: 'answer' }, { limits: { configBytes } })).error).toBeUndefined()
    expect((await ask({ ask: 'answer' }, { limits: { configBytes: configBytes - 1 } })).error).toMatchObject({
      ...{ code: 'CONFIG_REFUSED', signed: false },
      message: `quota configBytes exceeded: ${configBytes} sent, ${configBytes - 1} allowed`,
    })
  })
  test('schedules and handlers beyond it: cronMillis, triggers', async () => {
    const error = async (change: Record<string, unknown>) => {
      configure(project, change)
      return (await ask({ ask: 'answer' })).error
    }
    expect(await error({ schedule: '*/30 * * * * *', more: 7 })).toBeUndefined()
    expect(await error({ schedule: '*/30 * * * * *', more: 8 })).toMatchObject({
      ...{ code: 'CONFIG_REFUSED', signed: false },
      message: 'quota triggers exceeded: 11 wanted, 10 allowed',
    })
    expect(await error({ schedule: '*/29 * * * * *', more: 0 })).toMatchObject({
      ...{ code: 'CONFIG_REFUSED', signed: false },
      message: 'quota cronMillis exceeded: */29 * * * * * fires within 30000 ms',
    })
    expect(await error({ schedule: undefined })).toBeUndefined()
  })
  test('a subscription to logs beyond it: logAddresses, logTopics', async () => {
    const word = (digits: number, count: number) =>
      Array.from({ length: count }, (_, index) => `0x${(index + 1).toString(16).padStart(digits, '0')}`)
    const error = async (addresses: number, topics: number) => {
      configure(project, { watchedToo: word(40, addresses - 1), topicsToo: word(64, topics - 1) })
      return (await ask({ ask: 'answer' })).error
    }
    expect(await error(5, 10)).toBeUndefined()
    const refused = (quota: string) => ({
      ...{ code: 'CONFIG_REFUSED', signed: false },
      message: `quota ${quota} allowed`,
    })
    expect(await error(6, 10)).toMatchObject(refused('logAddresses exceeded: 6 wanted, 5'))
    expect(await error(5, 11)).toMatchObject(refused('logTopics exceeded: 11 wanted, 10'))
    expect(await error(1, 1)).toBeUndefined()
  })
  test('a log line beyond the quota is cut: logLineBytes', async () => {
    const { lines, events } = await ask({ ask: 'logLong', count: 1_100 })
    expect(lines.map(({ length }) => length)).toEqual([1_000])
    expect(events.find(({ event }) => event === 'limit.hit')).toMatchObject({ quota: 'logLineBytes' })
  })
  test("a chain's answer beyond the quota is held back", async () => {
    // PUSH2 size, PUSH1 0, RETURN: so many zero bytes.
    const [fits, exceeds] = ['0x00000000000000000000000000000000000a5000', '0x00000000000000000000000000000000000a5001']
    await chain.rpc('anvil_setCode', [fits, '0x6113886000f3'])
    await chain.rpc('anvil_setCode', [exceeds, '0x6113896000f3'])
    expect((await ask({ ask: 'calls', count: 1, account: fits })).error).toBeUndefined()
    expect((await ask({ ask: 'calls', count: 1, account: exceeds })).error?.message).toContain(
      'quota evmReadBytes exceeded',
    )
  })
  test('log lines beyond the quota are dropped: logLines', async () => {
    const { lines } = await ask({ ask: 'logMany', count: 1_002 })
    expect(lines).toHaveLength(1_000)
  })
  test('a payload beyond the quota does not reach the workflow', async () => {
    const { error } = await ask({ ask: 'x', body: 'x'.repeat(10_001) })
    expect(error?.message).toContain('quota triggerBytes exceeded')
  })
  test('a response that does not fit the answer is refused', async () => {
    respond = () => new Response('x'.repeat(99_990))
    const { error } = await ask({ ask: 'fetch', url: `${server.url}` })
    respond = () => new Response('hello')
    expect(error?.message).toContain('response exceeds the response size')
  })
  test('a response beyond the quota is cut off', async () => {
    respond = () => new Response('x'.repeat(100_001))
    const { error } = await ask({ ask: 'fetch', url: `${server.url}` })
    respond = () => new Response('hello')
    expect(error?.message).toContain('quota httpResponseBytes exceeded')
  })
  test('an execution beyond its time is ended', async () => {
    const { error } = await ask(
      { ask: 'fetch', url: `${server.url}` },
      {
        limits: { executionMillis: 200 },
        portsOf: ({ ordinary }) => ({ ...ordinary, fetch: () => new Promise(() => undefined) }),
      },
    )
    expect(error).toMatchObject({
      code: 'NODES_FAILED',
      message: 'the execution took longer than 200 ms',
      signed: false,
    })
  })
})

describe('consensus of lists', () => {
  test('common prefix and suffix', async () => {
    expect((await ask({ ask: 'prefix' })).answer).toEqual(['a', 'b', 'c'])
    expect((await ask({ ask: 'suffix' })).answer).toEqual(['a', 'b', 'c'])
  })
})

describe('randomness', () => {
  test("is the DON's in DON mode, each node's own in node mode", async () => {
    const { answer } = await ask({ ask: 'random' })
    const { drawn, different } = answer as { drawn: number[]; different: number }
    expect(new Set(drawn).size).toBe(3)
    expect(different).toBe(4)
  })
  test('comes from the execution: equal requests draw equally', async () => {
    const draw = async (requestId: string) =>
      ((await ask({ ask: 'random' }, { requestId })).answer as { drawn: number[] }).drawn
    const first = await draw('one')
    expect(await draw('one')).toEqual(first)
    expect(await draw('two')).not.toEqual(first)
  })
  test("is that of the DON's engine, number by number", async () => {
    const engineOf = (node: string): EngineName => (node === 'node-4' ? 'quickjs' : 'bun')
    const { events, answer } = await ask({ ask: 'random' }, { engineOf, timeouts: ENGINE_TIMEOUTS })
    expect((answer as { different: number }).different).toBe(4)
    expect(events.filter(({ level }) => level === 'warn')).toEqual([])
    expect(events.filter(({ event, phase }) => event === 'node.finished' && phase === 'trigger')).toHaveLength(4)
  })
})

describe('triggers', () => {
  const fire = (trigger: TriggerChoice) => answered(run({ payload: {}, trigger }))

  test('a log that the workflow subscribed to reaches its handler', async () => {
    const hash = await emitProcessed()
    const { answer } = await fire({ kind: 'log', txHash: hash, index: 0 })
    expect(answer).toEqual({ address: chain.deployment.forwarder.toLowerCase(), topic: TOPIC, txHash: hash })
  })
  test('but for one beyond the quota: logBytes', async () => {
    const trigger = { kind: 'log', txHash: await emitProcessed(), index: 0 } as const
    const sized = async (logBytes: number) => (await ask({ ask: 'answer' }, { trigger, limits: { logBytes } })).error
    expect(await sized(1_000)).toBeUndefined()
    expect(await sized(100)).toMatchObject({
      ...{ code: 'CONFIG_REFUSED', signed: false },
      message: expect.stringMatching(/^quota logBytes exceeded: \d+ sent, 100 allowed$/) as string,
    })
  })
  test('another log does not', async () => {
    const { error } = await fire({ kind: 'log', txHash: sent, index: 0 })
    expect(error?.message).toContain('has no log 0')
  })
  test('a trigger the workflow does not have is refused', async () => {
    expect((await fire({ kind: 'cron' })).error?.message).toBe('the workflow has no cron trigger')
  })
})

/** Puts code in the forwarder's place that logs ReportProcessed, calls it, and puts the forwarder back. */
async function emitProcessed(): Promise<string> {
  const { forwarder } = chain.deployment
  const code = await chain.rpc('eth_getCode', [forwarder, 'latest'])
  await chain.rpc('anvil_setCode', [forwarder, `0x7f${TOPIC.slice(2)}60006000a100`])
  const { transactionHash } = await mined(chain, { from: ACCOUNTS.deployer, to: forwarder, gas: '0x30d40' })
  await chain.rpc('anvil_setCode', [forwarder, code])
  return transactionHash
}
