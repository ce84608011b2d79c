/** `bun run main.ts` as the backend and people run it: protocol on stdout, exit codes, refusals, idempotency. */
import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { encodeFunctionData, parseAbi } from 'viem'
import { workflowIdOf } from '../host/don/identity'
import vectors from './fixtures/workflow-id.json'
import { ACCOUNTS, rawReportOf } from './support/fixture'
import {
  type FailureLine,
  type ResultLine,
  configurationOf,
  createProject,
  payloadOf,
  runCommand,
  runDirectory,
  tokens,
} from './support/project'
import { healthyReserve } from './support/reserve-source'
import { openStage } from './support/stage'
import { keepWarm } from './support/warm'

const DELIVERED = /^Mint report delivered: (0x[0-9a-f]{64})$/
const tokenAbi = parseAbi(['function balanceOf(address) view returns (uint256)'])

const { chain, source, don, donFile, project } = await openStage()
/** For what does not depend on a process of its own. */
const run = keepWarm(project)

function resultOf(stdout: string[]): ResultLine {
  return JSON.parse(stdout.at(-1) ?? '') as ResultLine
}

function failureOf(stderr: string[]): FailureLine {
  return JSON.parse(stderr.at(-1) ?? '') as FailureLine
}

async function balanceOf(account: `0x${string}`): Promise<bigint> {
  const data = encodeFunctionData({ abi: tokenAbi, functionName: 'balanceOf', args: [account] })
  const to = chain.deployment.firstBasket.stablecoin
  return BigInt((await chain.rpc('eth_call', [{ to, data }, 'latest'])) as string)
}

describe('run: a mint', () => {
  test('from sources: lines, one delivery, the result, tokens', async () => {
    const before = await balanceOf(ACCOUNTS.beneficiary)
    const { exitCode, stdout, stderr } = await runCommand(project, { fromSources: true })
    expect({ exitCode, last: stderr.at(-1) }).toEqual({
      exitCode: 0,
      last: expect.stringContaining('workflow.result'),
    })
    expect(stdout.filter((line) => /^\[[1-7]\/7\] /.test(line)).map((line) => line.slice(1, 2))).toEqual([...'1234567'])
    const hashes = stdout.flatMap((line) => DELIVERED.exec(line)?.[1] ?? [])
    const result = resultOf(stdout)
    expect(hashes).toEqual([result.txHash])
    expect(result).toEqual({
      version: 1,
      stablecoin: chain.deployment.firstBasket.stablecoin,
      consumer: chain.deployment.firstBasket.mintingConsumer,
      executionId: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      txHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      reserves: {
        amount: tokens(1_000_000),
        liability: expect.stringMatching(/^\d+$/),
        requested: tokens(1000),
        observedAt: expect.any(Number),
        sources: [
          {
            name: 'porApiUrl',
            class: 'custodian',
            dialect: 'guide',
            amount: tokens(1_000_000),
            observedAt: result.reserves.observedAt,
            code: '',
            word: '',
          },
        ],
        warnings: [],
        code: '',
        reason: '',
      },
      orders: [
        {
          bankRef: expect.stringMatching(/^0x[0-9a-f]{64}$/),
          outcome: 'delivered',
          code: '',
          policy: '',
          reason: '',
        },
      ],
      signed: true,
      evidence: expect.objectContaining({ version: 1, executionId: result.executionId }),
    })
    expect((await balanceOf(ACCOUNTS.beneficiary)) - before).toBe(1000n * 10n ** 18n)
  })

  test('every node fetched the reserve for itself', async () => {
    source.answer(() => healthyReserve())
    await runCommand(project, {})
    expect(source.requests()).toBe(4)
  })

  test('a private run keeps its journal and writes nothing else', async () => {
    const runDir = runDirectory(project, payloadOf(project))
    await runCommand(project, { runDir })
    const events = readFileSync(path.join(runDir, 'events.jsonl'), 'utf8').trim().split('\n')
    expect(events.map((line) => (JSON.parse(line) as { event: string }).event)).toContain('report.signed')
    expect(existsSync(path.join(project.dir, 'events.jsonl'))).toBe(false)
  })

  test('no key and no endpoint is printed', async () => {
    const runDir = runDirectory(project, payloadOf(project))
    const { stdout, stderr } = await runCommand(project, { runDir, env: { RPC_URL: chain.rpcUrl } })
    const said = [...stdout, ...stderr].join('\n')
    const keys = readFileSync(donFile, 'utf8').match(/"privateKey":"0x([0-9a-f]{64})"/g) ?? []
    expect(keys.length).toBe(4)
    for (const key of keys) expect(said).not.toContain(key.slice(16, 80))
    expect(said).not.toContain(chain.rpcUrl)
  })

  test('two processes with their own transmitters do not collide', async () => {
    const runs = [0, 1].map((slot) => runCommand(project, { env: { CRE_TRANSMITTER_SLOT: String(slot) } }))
    expect((await Promise.all(runs)).map(({ exitCode }) => exitCode)).toEqual([0, 0])
  })
})

describe('run: refusals', () => {
  test('ACE: policy and verdict are named, the others are minted', async () => {
    const orders = [
      { account: ACCOUNTS.beneficiary, amount: tokens(1000) },
      { account: '0x90F79bf6EB2c4f870365E785982E1f101E93b906', amount: '1' },
      { account: '0x0000000000000000000000000000000000000000', amount: tokens(1) },
    ]
    const { exitCode, stdout } = await runCommand(project, { payload: payloadOf(project, { orders }) })
    const result = resultOf(stdout)
    expect(exitCode).toBe(0)
    expect(result.orders.map(({ outcome, code, reason }) => [outcome, code, reason])).toEqual([
      ['delivered', '', ''],
      ['refused', 'ACE_REJECTED', 'VOLUME_OUT_OF_RANGE'],
      ['refused', 'INVALID_ORDER', 'ZERO_ACCOUNT'],
    ])
    expect(result.orders[1]?.policy).toMatch(/^0x[0-9a-fA-F]{40}$/)
  })

  test('a used reference is a duplicate', async () => {
    const bankRef = `0x${'7'.repeat(64)}`
    const payload = payloadOf(project, { orders: [{ bankRef, account: ACCOUNTS.beneficiary, amount: tokens(1) }] })
    await runCommand(project, { payload })
    const { stdout } = await runCommand(project, { payload })
    const result = resultOf(stdout)
    expect(result.txHash).toBe('')
    expect(result.orders).toEqual([
      { bankRef, outcome: 'refused', code: 'DUPLICATE_REFERENCE', policy: '', reason: 'REFERENCE_USED' },
    ])
  })

  test.each([
    ['POR_UNAVAILABLE', () => new Response('down', { status: 500 })],
    ['POR_UNAVAILABLE', () => new Response('<html>')],
    ['POR_UNAVAILABLE', () => healthyReserve({ totalReserve: 'plenty' })],
    ['POR_UNAVAILABLE', () => healthyReserve({ lastUpdated: 'today' })],
    ['POR_UNAVAILABLE', () => new Response('x'.repeat(100_001))],
    ['POR_UNAVAILABLE', () => Response.redirect('http://127.0.0.1:1/')],
    ['NO_RESERVE_ASSIGNED', () => new Response('no such account', { status: 404 })],
    ['POR_STALE', () => healthyReserve({ lastUpdated: new Date(Date.now() - 301_500).toISOString() })],
    ['POR_STALE', () => healthyReserve({ lastUpdated: new Date(Date.now() + 125_000).toISOString() })],
    ['POR_INSUFFICIENT_RESERVES', () => healthyReserve({ totalReserve: 1.5 })],
  ] as const)('%s', async (code, answer) => {
    source.answer(answer)
    const { result, error } = await run({ payload: payloadOf(project) })
    source.answer(() => healthyReserve())
    expect({ error, codes: result?.orders.map((order) => order.code) }).toEqual({ error: undefined, codes: [code] })
  })

  test('an order whose validity has passed is EXPIRED', async () => {
    const validUntil = Math.floor(Date.now() / 1000) - 5
    const { stdout } = await runCommand(project, { payload: payloadOf(project, { validUntil }) })
    expect(resultOf(stdout).orders.map(({ code }) => code)).toEqual(['EXPIRED'])
  })

  test('on chain: the refused order is delivered and logged', async () => {
    const onchain = createProject({ chain, donFile, porApiUrl: source.url, config: { refusals: 'onchain' } })
    const orders = [{ account: ACCOUNTS.beneficiary, amount: '1' }]
    const { stdout } = await runCommand(onchain, { payload: payloadOf(onchain, { orders }) })
    const result = resultOf(stdout)
    expect(result.orders.map(({ outcome }) => outcome)).toEqual(['delivered'])
    const receipt = (await chain.rpc('eth_getTransactionReceipt', [result.txHash])) as { logs: { address: string }[] }
    const consumer = chain.deployment.firstBasket.mintingConsumer.toLowerCase()
    expect(receipt.logs.map(({ address }) => address)).toContain(consumer)
  })
})

test('run: with an artifact it has the id of the deployed workflow', async () => {
  const artifact = path.join(project.dir, 'binary.wasm.br.b64')
  writeFileSync(artifact, vectors.artifact)
  const { stdout } = await runCommand(project, { env: { WORKFLOW_ARTIFACT: artifact } })
  const { workflowOwner, workflowName } = don
  const expected = workflowIdOf({
    ...{ owner: workflowOwner, name: workflowName, binary: Buffer.from(vectors.artifact, 'base64') },
    config: Buffer.from(configurationOf(project)),
  })
  expect(resultOf(stdout).evidence.workflowId).toBe(expected)
  const rawReport = await rawReportOf(chain, resultOf(stdout).txHash)
  expect(`0x${rawReport.slice(45 * 2, 77 * 2)}`).toBe(expected)
})

describe('run: failures', () => {
  test('a run that changes the reserve URL is refused by name', async () => {
    const runDir = runDirectory(project, payloadOf(project), { porApiUrl: 'http://thief.example/{stablecoin}' })
    const { exitCode, stderr } = await runCommand(project, { runDir })
    expect(exitCode).toBe(2)
    expect(failureOf(stderr)).toMatchObject({
      code: 'CONFIG_REFUSED',
      error: expect.stringContaining('changes porApiUrl of the deployed one;'),
      signed: false,
    })
  })
  test.each([
    { extra: 1 },
    { gasLimit: '9' },
    { refusals: 'onchain' },
    { chainSelectorName: 'ethereum-testnet-sepolia' },
  ])('a run configuration with %j is refused', async (change) => {
    const { exitCode, stderr } = await runCommand(project, {
      runDir: runDirectory(project, payloadOf(project), change),
    })
    expect({ exitCode, ...failureOf(stderr) }).toMatchObject({
      exitCode: 2,
      signed: false,
      code: 'CONFIG_REFUSED',
      error: expect.stringContaining(`changes ${Object.keys(change)[0]} of the deployed one;`),
    })
  })
  test.each<[string, Record<string, unknown>, string]>([
    ['another stablecoin', { stablecoinAddress: ACCOUNTS.deployer }, "the payload's stablecoin is"],
    ['another consumer', { mintingConsumerAddress: ACCOUNTS.deployer }, "the payload's consumer is"],
    ['half a basket', { stablecoinAddress: undefined }, 'stablecoinAddress is no address'],
  ])('a run configuration with %s is refused', async (_name, basket, reason) => {
    const runDir = runDirectory(project, payloadOf(project), basket)
    const { exitCode, stderr } = await runCommand(project, { runDir })
    expect({ exitCode, ...failureOf(stderr) }).toMatchObject({
      ...{ exitCode: 2, signed: false, code: 'CONFIG_REFUSED' },
      error: expect.stringContaining(reason),
    })
  })
  test('a basket that the factory does not have is refused', async () => {
    const basket = { stablecoin: ACCOUNTS.deployer, mintingConsumer: ACCOUNTS.beneficiary }
    const { exitCode, stderr } = await runCommand(project, { payload: payloadOf(project, { basket }) })
    expect({ exitCode, ...failureOf(stderr) }).toMatchObject({
      ...{ exitCode: 1, signed: false, code: 'WORKFLOW_ERROR' },
      error: expect.stringContaining(`the factory has no basket of ${ACCOUNTS.deployer}`),
    })
  })
  test('a file: reserve URL is refused with the reason', async () => {
    const local = createProject({ chain, donFile, porApiUrl: 'file:///tmp/mock-por-response.json' })
    const { exitCode, stderr } = await runCommand(local, {})
    expect(exitCode).toBe(2)
    expect(failureOf(stderr).code).toBe('CONFIG_REFUSED')
    expect(failureOf(stderr).error).toContain('is a file: URL, but every DON node fetches the reserves itself')
  })
  test('a payload the workflow refuses ends with 1 and its sentence', async () => {
    const { exitCode, stdout, stderr } = await runCommand(project, { payload: { version: 2 } })
    expect(exitCode).toBe(1)
    expect(failureOf(stderr)).toMatchObject({
      code: 'WORKFLOW_ERROR',
      error: expect.stringContaining('payload refused: version'),
      signed: false,
    })
    expect(stdout.some((line) => line.startsWith('{'))).toBe(false)
  })
  test('an endpoint that is down ends with 2', async () => {
    const { exitCode, stderr } = await runCommand(project, { env: { RPC_URL: 'http://127.0.0.1:1' } })
    expect({ exitCode, code: failureOf(stderr).code }).toEqual({ exitCode: 2, code: 'RPC_UNAVAILABLE' })
  })
  test('missing keys end with 2 and say how to make them', async () => {
    const { exitCode, stderr } = await runCommand(project, { env: { CRE_DON_FILE: '/nonexistent/don.json' } })
    expect({ exitCode, ...failureOf(stderr) }).toEqual({
      exitCode: 2,
      code: 'HOST_ERROR',
      signed: false,
      evidence: undefined as never,
      error: expect.stringContaining('host/keys.ts'),
    })
  })
  test('a bundle of other code is refused', async () => {
    const copy = createProject({ chain, donFile, porApiUrl: source.url })
    writeFileSync(path.join(copy.dir, 'workflow/extra.ts'), 'export {}\n')
    const { exitCode, stderr } = await runCommand(copy, {})
    expect({ exitCode, error: failureOf(stderr).error }).toEqual({
      exitCode: 2,
      error: expect.stringContaining('older than the workflow'),
    })
  })
  test('a transmitter slot that does not exist ends with 2', async () => {
    const { exitCode, stderr } = await runCommand(project, { env: { CRE_TRANSMITTER_SLOT: '99' } })
    expect({ exitCode, code: failureOf(stderr).code }).toEqual({ exitCode: 2, code: 'HOST_ERROR' })
  })
  test('an unknown argument ends with 2', async () => {
    const { exitCode } = await runCommand(project, { args: ['--fast'] })
    expect(exitCode).toBe(2)
  })
})

test('run: hostile text cannot write lines or escape codes', async () => {
  const orders = [{ account: `\u001b[2Jx\nMint report delivered: 0x${'1'.repeat(64)}`, amount: '1' }]
  const { stdout, stderr } = await runCommand(project, { payload: payloadOf(project, { orders }) })
  expect(stdout.filter((line) => DELIVERED.test(line))).toEqual([])
  expect([...stdout, ...stderr].join('')).not.toContain('\u001b')
})

test('run: the same request id is the same execution', async () => {
  const env = { CRE_REQUEST_ID: 'request-1' }
  const [first, second] = [await runCommand(project, { env }), await runCommand(project, { env })]
  expect(resultOf(second.stdout).executionId).toBe(resultOf(first.stdout).executionId)
  expect(resultOf(second.stdout).txHash).toBe(resultOf(first.stdout).txHash)
})
