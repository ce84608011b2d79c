/** What a run says about itself in its last line: whether anything was signed, by whom, on what, and at what cost. */
import { afterAll, describe, expect, test } from 'bun:test'
import type { Address, Hex } from 'viem'
import { createDon } from '../host/don/don'
import { EVIDENCE_BYTES, createEvidence } from '../host/don/evidence'
import type { NodePorts } from '../host/don/ports'
import { ACCOUNTS } from './support/fixture'
import { transmitterAt } from './support/keys'
import { type FailureLine, type ResultLine, payloadOf, runCommand, runDirectory, tokens } from './support/project'
import { healthyReserve } from './support/reserve-source'
import { startServing } from './support/serving'
import { openStage } from './support/stage'
import { keepWarm } from './support/warm'

const { chain, donFile, don, source, project } = await openStage()
const run = keepWarm(project)
const served = await startServing(project)
afterAll(() => served.close())

const last = <Line>(lines: string[]) => JSON.parse(lines.at(-1) ?? '') as Line
const hex = (value: bigint): Hex => `0x${value.toString(16)}`

describe('evidence: of a mint', () => {
  test('names what every node saw, who signed, and what it cost', async () => {
    const outcome = await run({ payload: payloadOf(project), timeouts: { finishMillis: 1_000 } })
    const { evidence, executionId, txHash, signed, reserves } = outcome.result as ResultLine
    const receipt = (await chain.rpc('eth_getTransactionReceipt', [txHash])) as Record<
      'gasUsed' | 'effectiveGasPrice' | 'blockNumber',
      Hex
    >
    const transmitter = transmitterAt({ donFile, don, slot: 0 }).address
    const block = hex(BigInt(receipt.blockNumber) - 1n)
    const before = (await chain.rpc('eth_getBalance', [transmitter, block])) as Hex
    const reported = outcome.events.find(({ event }) => event === 'report.signed')
    expect(signed).toBe(true)
    expect(evidence).toEqual({
      version: 1,
      executionId: executionId as Hex,
      workflowId: expect.stringMatching(/^local:0x00[0-9a-f]{62}$/),
      configDigest: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      f: 1,
      block: Number(receipt.blockNumber) - 1,
      report: { digest: reported?.['digest'] as Hex, signers: [expect.any(Number), expect.any(Number)] },
      nodes: don.nodes.map(({ address }, id) => ({
        ...{ id, signer: address, conduct: 'AGREED' },
        observations: [{ amount: tokens(1_000_000), observedAt: expect.any(Number), code: 'AGREED' }],
      })),
      stepsMillis: {
        ...{ compliance: expect.any(Number), reserves: expect.any(Number), consensus: expect.any(Number) },
        ...{ sign: expect.any(Number), deliver: expect.any(Number), confirm: expect.any(Number) },
      },
      delivery: {
        txHash: txHash as Hex,
        gasUsed: Number(receipt.gasUsed),
        gasPriceWei: BigInt(receipt.effectiveGasPrice).toString(),
      },
      operator: {
        transmitter,
        balanceWei: BigInt(before).toString(),
        nodes: don.nodes.map(({ name }, id) => ({ id, name, notes: [] })),
        accounts: ['Test reserve'],
      },
      truncated: false,
    })
    expect(Math.abs((evidence.nodes[0]?.observations[0]?.observedAt ?? 0) - reserves.observedAt)).toBeLessThan(60)
    const { operator: _operator, ...shown } = evidence
    expect(JSON.stringify(shown)).not.toMatch(/node-\d|Test reserve|127\.0\.0\.1/)
  })

  test('tells the liar, the silent node and the one that fails', async () => {
    const faults: Record<string, (ports: NodePorts) => NodePorts> = {
      // Only as many as are needed are asked to sign, the first of them first.
      'node-1': (ports) => ({ ...ports, sign: async () => Promise.reject(new Error('no key')) }),
      'node-2': (ports) => ({
        ...ports,
        rpc: async (method, args) => (method === 'eth_call' ? Promise.reject(new Error('x')) : ports.rpc(method, args)),
      }),
      'node-3': (ports) => ({ ...ports, fetch: async () => healthyReserve({ totalReserve: '7' }) }),
    }
    const { result } = await run({
      payload: payloadOf(project),
      portsOf: ({ name, ordinary }) => faults[name]?.(ordinary) ?? ordinary,
    })
    const nodes = result?.evidence.nodes ?? []
    expect(nodes.map(({ conduct }) => conduct).slice(0, 3)).toEqual(['FAULTY', 'SILENT', 'AGREED'])
    expect(nodes[2]?.observations).toEqual([{ amount: tokens(7), observedAt: expect.any(Number), code: 'DIFFERS' }])
    expect(result?.evidence.report?.signers).not.toContain(0)
    expect(result?.evidence.operator?.nodes[0]?.notes).toEqual(['did not sign the report'])
  })

  test('is there when nothing is signed, too', async () => {
    source.answer(() => new Response('', { status: 503 }))
    const { result } = await run({ payload: payloadOf(project) })
    source.answer(() => healthyReserve())
    expect([result?.signed, result?.orders[0]?.code]).toEqual([false, 'POR_UNAVAILABLE'])
    expect(result?.evidence.nodes.map(({ observations }) => observations)).toEqual(
      Array(4).fill([{ code: 'NO_ANSWER' }]),
    )
    expect(result?.evidence).not.toContainKeys(['report', 'delivery'])
  })

  test('stays within its bounds, whatever the size of the DON', () => {
    const nodes = Array.from({ length: 31 }, (_, index) => ({
      name: `node-${index}`,
      address: ACCOUNTS.deployer as Address,
    }))
    const word: Hex = `0x${'f'.repeat(64)}`
    const record = createEvidence({
      nodes,
      f: 10,
      executionId: word,
      workflowId: word,
      configDigest: word,
      transmitter: () => ACCOUNTS.deployer,
    })
    for (const { name } of nodes) {
      for (let round = 0; round < 20; round++) {
        record.observed(name, `${round}`, {
          amount: '9'.repeat(78),
          observedAt: '1790000000',
          word: '',
          accountName: `\n${round}${'\ud83d\ude00'.repeat(5_000)}`,
        })
        record.conduct(name, 'DISSENTED', 'n'.repeat(5_000))
      }
    }
    const evidence = record.toEvidence((text) => text)
    expect(Buffer.byteLength(JSON.stringify(evidence))).toBeLessThanOrEqual(EVIDENCE_BYTES)
    expect(evidence.truncated).toBe(true)
    expect(evidence.nodes).toHaveLength(31)
  })

  test('takes no word of a node that is none', () => {
    const word: Hex = `0x${'f'.repeat(64)}`
    const record = createEvidence({
      ...{
        nodes: [{ name: 'a', address: ACCOUNTS.deployer }],
        f: 1,
        executionId: word,
        workflowId: word,
        configDigest: word,
      },
      transmitter: () => undefined,
    })
    for (const value of [
      'text',
      null,
      [1],
      { word: 'two words', amount: '-1', observedAt: 'x' },
      { word: 'X'.repeat(99) },
    ])
      record.observed('a', '1', value)
    expect(record.toEvidence((text) => text).nodes[0]?.observations).toEqual(Array(5).fill({ code: 'OPEN' }))
  })
})

describe('signed: is true', () => {
  test('as soon as the nodes were asked, whatever follows', async () => {
    const { error } = await run({
      payload: payloadOf(project),
      portsOf: ({ ordinary }) => ({ ...ordinary, sign: async () => Promise.reject(new Error('no key')) }),
    })
    expect([error?.code, error?.signed]).toEqual(['NODES_FAILED', true])
  })
  test('when it is delivered', async () => {
    expect(last<ResultLine>((await runCommand(project, {})).stdout).signed).toBe(true)
    expect(
      last<ResultLine>((await served.run({ runDir: runDirectory(project, payloadOf(project)) })).stdout).signed,
    ).toBe(true)
  })
})

describe('signed: once it was said that nothing is', () => {
  const word: Hex = `0x${'f'.repeat(64)}`
  const openDon = () =>
    createDon({
      ...{ donId: 1, configVersion: 1, configDigest: word, f: 1, seats: [] },
      timeouts: { graceMillis: 1, quorumMillis: 1, finishMillis: 1 },
      journal: () => undefined,
      evidence: createEvidence({
        nodes: [],
        f: 1,
        executionId: word,
        workflowId: word,
        configDigest: word,
        transmitter: () => undefined,
      }),
    })
  test('nobody can sign: the run is over', () => {
    const over = openDon()
    over.close()
    expect(() => over.beginSigning()).toThrow('the run is over')
    expect(over.hasBegunSigning()).toBe(false)
  })
  test('nobody can sign: more than f nodes failed', () => {
    const failed = openDon()
    failed.markFaulty('a', 'x')
    failed.markFaulty('b', 'x')
    expect(() => failed.beginSigning()).toThrow()
    expect(failed.hasBegunSigning()).toBe(false)
  })
  test('it stays signed', () => {
    const signing = openDon()
    signing.beginSigning()
    signing.close()
    expect(signing.hasBegunSigning()).toBe(true)
  })
})

describe('funds: a transmitter that cannot pay', () => {
  const { address } = transmitterAt({ donFile, don, slot: 7 })
  const setBalance = (wei: bigint) => chain.rpc('anvil_setBalance', [address, hex(wei)])
  const signatures: string[] = []
  const recording = ({ ordinary }: { ordinary: NodePorts }): NodePorts => ({
    ...ordinary,
    sign: (report) => {
      signatures.push(report.rawReport)
      return ordinary.sign(report)
    },
  })

  test('ends the run before anything is signed, in whole coins', async () => {
    await setBalance(1_234_500_000_000_000n)
    const { error } = await run({
      payload: payloadOf(project),
      transmitterSlot: 7,
      portsOf: recording,
    })
    expect(error).toMatchObject({ code: 'TRANSMITTER_UNFUNDED', signed: false })
    expect(error?.message).toMatch(
      new RegExp(
        `^transmitter ${address} has 0\\.0012345 of the chain's coin, one delivery may cost 0\\.\\d+; send it funds$`,
      ),
    )
    expect(error?.evidence?.operator?.transmitter).toBe(address)
    expect(signatures).toEqual([])
    const lines = [
      await runCommand(project, { env: { CRE_TRANSMITTER_SLOT: '7' } }),
      await served
        .run({ runDir: runDirectory(project, payloadOf(project)), slot: 7 })
        .then((run) => ({ ...run, exitCode: run.code })),
    ]
    for (const { exitCode, stderr, stdout } of lines) {
      const { code, signed } = last<FailureLine>(stderr)
      expect({ exitCode, code, signed }).toEqual({ exitCode: 2, code: 'TRANSMITTER_UNFUNDED', signed: false })
      expect(stdout.findLast((line) => /^\[\d\/7\]/.test(line))).toMatch(/^\[4\/7\]/)
    }
  })
  test('does not hide a refusal', async () => {
    await setBalance(0n)
    const orders = [{ account: '0x0000000000000000000000000000000000000000', amount: tokens(1) }]
    const { result } = await run({ payload: payloadOf(project, { orders }), transmitterSlot: 7 })
    expect([result?.signed, result?.orders[0]?.code]).toEqual([false, 'INVALID_ORDER'])
  })
  test('pays again once it has enough for one delivery', async () => {
    const block = (await chain.rpc('eth_getBlockByNumber', ['latest', false])) as { baseFeePerGas: Hex }
    const tip = (await chain.rpc('eth_maxPriorityFeePerGas', [])) as Hex
    const cap = 2n * BigInt(block.baseFeePerGas) + BigInt(tip)
    await setBalance(5_000_000n * cap - 1n)
    expect((await run({ payload: payloadOf(project), transmitterSlot: 7 })).error?.code).toBe('TRANSMITTER_UNFUNDED')
    await setBalance(5_000_000n * cap)
    expect((await run({ payload: payloadOf(project), transmitterSlot: 7 })).result?.orders[0]?.outcome).toBe(
      'delivered',
    )
    await setBalance(10n ** 18n)
  })
})
