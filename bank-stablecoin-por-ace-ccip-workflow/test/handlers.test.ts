/** The handlers alone, on the SDK's own test runtime: one node, mocked capabilities, every path of the decision. */
import { describe, expect } from 'bun:test'
import { create } from '@bufbuild/protobuf'
import { CRON_TRIGGER_PB, HTTP_TRIGGER_PB } from '@chainlink/cre-sdk/pb'
import {
  EvmMock,
  HttpActionsMock,
  type TestRuntime,
  addContractMock,
  newTestRuntime,
  test,
} from '@chainlink/cre-sdk/test'
import { type Address, type Hex, bytesToHex, decodeAbiParameters, parseAbi, parseAbiParameters } from 'viem'
import { onAttest } from '../workflow/attest'
import type { Config } from '../workflow/config/config'
import { onMintRequest } from '../workflow/mint'

const ANVIL = 7759470850252068959n
const FACTORY: Address = '0x3Aa5ebB10DC797CAC828524e59A333d0A371443c'
const STABLECOIN: Address = '0xe082b26cEf079a095147F35c9647eC97c2401B83'
const CONSUMER: Address = '0x8aCd85898458400f7Db866d53FCFF6f0D49741FF'
const ACCOUNT: Address = '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd'
const POLICY: Address = '0x5B8B621aB7f02Ef3DD5d06718dADcAeD59818257'
const NOW_MILLIS = 1_790_000_000_000
const TX_HASH: Hex = `0x${'ab'.repeat(32)}`
const UNIT = 10n ** 18n

const abi = parseAbi([
  'struct Order { bytes32 bankRef; address account; uint256 amount; uint64 destination; }',
  'struct Verdict { uint8 code; address policy; }',
  'struct ReserveProof { uint256 amount; uint64 observedAt; }',
  'struct Survey { address token; uint8 decimals; bool isWriter; uint256 liability; ReserveProof proof; Verdict[] verdicts; }',
  'function survey(Order[] orders) view returns (Survey)',
])
const factoryAbi = parseAbi([
  'struct Basket { address stablecoin; address mintingConsumer; address ledger; address redemptionDesk; address policyEngine; address admin; address pausePolicy; address rejectPolicy; address allowPolicy; address identityPolicy; address jurisdictions; address volumePolicy; address volumeRatePolicy; address policySwitch; address redemptionVolumePolicy; }',
  'function isBasket(address stablecoin, address mintingConsumer) view returns (bool)',
  'function basketCount() view returns (uint256)',
  'function baskets(uint256 offset, uint256 limit) view returns (Basket[])',
])
const PARTS = [
  ...[
    'ledger',
    'redemptionDesk',
    'policyEngine',
    'admin',
    'pausePolicy',
    'rejectPolicy',
    'allowPolicy',
    'identityPolicy',
  ],
  ...['jurisdictions', 'volumePolicy', 'volumeRatePolicy', 'policySwitch', 'redemptionVolumePolicy'],
]
const bodyParameters = parseAbiParameters(
  'uint8, uint8, uint256, address, uint64, (uint256, uint64), (bytes32, address, uint256, uint64)[], (bytes32, uint8, bytes32, uint64)[]',
)

/** What the world around the handler says; a test changes what it is about. */
type World = {
  config?: Partial<Config>
  verdicts?: { code: number; policy: Address }[]
  liability?: bigint
  token?: Address
  reserve?: { status?: number; body?: unknown }
  receiver?: 'SUCCESS' | 'REVERTED'
  transaction?: 'SUCCESS' | 'REVERTED' | 'FATAL'
  /** Whether the capability is that of the simulator, which sends nothing unless it is told to. */
  dryRun?: boolean
  /** Whether the consumer was replaced by another. */
  replaced?: boolean
  /** Stablecoins of the factory's baskets. */
  baskets?: Address[]
  /** Whether the factory does not have the basket that a request names. */
  foreign?: boolean
  /** What the chain's capability says instead of an answer. */
  surveyFails?: string
}

/** Sets up the mocks; `written` collects the report bodies. */
function prepare(world: World = {}): { runtime: TestRuntime<Config>; written: Hex[]; asked: string[] } {
  const written: Hex[] = []
  const asked: string[] = []
  const evm = EvmMock.testInstance(ANVIL)
  const consumer = addContractMock(evm, { address: CONSUMER, abi })
  const factory = addContractMock(evm, { address: FACTORY, abi: factoryAbi })
  const baskets = world.baskets ?? [STABLECOIN]
  factory.isBasket = (stablecoin, minter) =>
    world.foreign !== true && baskets.includes(stablecoin as Address) && minter === CONSUMER
  factory.basketCount = () => BigInt(baskets.length)
  factory.baskets = (offset, limit) => {
    const page = baskets.slice(Number(offset), Number(offset) + Number(limit))
    surveyed = page[0] ?? STABLECOIN
    const parts = Object.fromEntries(PARTS.map((part) => [part, POLICY]))
    return page.map((stablecoin) => ({ ...parts, stablecoin, mintingConsumer: CONSUMER }))
  }
  // One consumer stands for all of them: it mints what was asked for last.
  let surveyed = STABLECOIN
  consumer.survey = (orders) => {
    if (world.surveyFails !== undefined) throw new Error(world.surveyFails)
    return {
      token: world.token ?? surveyed,
      decimals: 18,
      isWriter: world.replaced !== true,
      liability: world.liability ?? 0n,
      proof: { amount: 0n, observedAt: 0n },
      verdicts: verdictsOf(orders as unknown[]),
    }
  }
  const verdictsOf = (orders: unknown[]) => world.verdicts ?? orders.map(() => ({ code: 0, policy: POLICY }))
  consumer.writeReport = ({ report }) => {
    written.push(bytesToHex(report.rawReport.slice(109)))
    return {
      txStatus: `TX_STATUS_${world.transaction ?? 'SUCCESS'}`,
      receiverContractExecutionStatus: `RECEIVER_CONTRACT_EXECUTION_STATUS_${world.receiver ?? 'SUCCESS'}`,
      txHash: world.dryRun === true ? '' : Buffer.from(TX_HASH.slice(2), 'hex').toString('base64'),
    }
  }
  HttpActionsMock.testInstance().sendRequest = ({ url }) => {
    asked.push(url)
    const healthy = {
      accountName: 'Bank',
      totalReserve: 1000,
      lastUpdated: new Date(NOW_MILLIS - 5_000).toISOString(),
    }
    const body = JSON.stringify(world.reserve?.body ?? healthy)
    return { statusCode: world.reserve?.status ?? 200, body: Buffer.from(body).toString('base64') }
  }
  const config: Config = {
    chainSelectorName: 'anvil-devnet',
    basketFactory: FACTORY,
    porApiUrl: 'https://bank.example/reserves/{stablecoin}',
    reserveMaxAgeSeconds: 300,
    validitySeconds: 600,
    gasLimit: '5000000',
    refusals: 'local',
    attestSchedule: '0 */15 * * * *',
    ...world.config,
  }
  return { runtime: newTestRuntime<Config>(null, { timeProvider: () => NOW_MILLIS }, config), written, asked }
}

/** A mint request of orders over these amounts of whole tokens. */
function request(amounts: bigint[], validUntil?: number): HTTP_TRIGGER_PB.Payload {
  const orders = amounts.map((amount, index) => ({
    bankRef: `0x${String(index + 1).repeat(64)}`,
    account: ACCOUNT,
    amount: (amount * UNIT).toString(),
  }))
  const json = { version: 1, chainId: 31337, stablecoin: STABLECOIN, consumer: CONSUMER, validUntil, orders }
  return create(HTTP_TRIGGER_PB.PayloadSchema, { input: new TextEncoder().encode(JSON.stringify(json)) })
}

const codes = (result: ReturnType<typeof onMintRequest>) => result.orders.map(({ code }) => code)

describe('mint request', () => {
  test('becomes one report with the proof and the orders', () => {
    const { runtime, written, asked } = prepare({ liability: 100n * UNIT })
    const result = onMintRequest(runtime, request([300n, 600n], 1_790_000_060))
    expect(result).toMatchObject({
      txHash: TX_HASH,
      reserves: {
        amount: (1000n * UNIT).toString(),
        liability: (100n * UNIT).toString(),
        requested: (900n * UNIT).toString(),
        observedAt: 1_789_999_995,
      },
    })
    expect(codes(result)).toEqual(['', ''])
    expect(asked).toEqual([`https://bank.example/reserves/${STABLECOIN}`])
    expect(decodeAbiParameters(bodyParameters, written[0] ?? '0x')).toEqual([
      2,
      1,
      31337n,
      CONSUMER,
      1_790_000_060n,
      [1000n * UNIT, 1_789_999_995n],
      [
        [`0x${'1'.repeat(64)}`, ACCOUNT, 300n * UNIT, 0n],
        [`0x${'2'.repeat(64)}`, ACCOUNT, 600n * UNIT, 0n],
      ],
      [],
    ])
    expect(runtime.getLogs().filter((line) => line.startsWith('Mint report delivered: '))).toEqual([
      `Mint report delivered: ${TX_HASH}`,
    ])
  })

  test('is simulated without a transaction', () => {
    const { runtime, written } = prepare({ dryRun: true })
    const result = onMintRequest(runtime, request([300n, 9_000n]))
    expect(result.txHash).toBe('')
    expect(result.orders.map(({ outcome }) => outcome)).toEqual(['simulated', 'refused'])
    expect(written.length).toBe(1)
    expect(runtime.getLogs().join()).not.toContain('delivered:')
  })
  test('leaves out what ACE refuses, before any reserve is asked for', () => {
    const { runtime, written, asked } = prepare({ verdicts: [{ code: 18, policy: POLICY }] })
    const result = onMintRequest(runtime, request([1n]))
    expect(result.orders[0]).toMatchObject({
      outcome: 'refused',
      code: 'ACE_REJECTED',
      policy: POLICY,
      reason: 'BLACKLISTED',
    })
    expect([written.length, asked.length]).toEqual([0, 0])
  })

  test('sends refused orders too, when refusals belong on chain', () => {
    const { runtime, written } = prepare({
      config: { refusals: 'onchain' },
      verdicts: [{ code: 18, policy: POLICY }],
    })
    expect(codes(onMintRequest(runtime, request([1n])))).toEqual([''])
    expect(written).toHaveLength(1)
  })

  test('covers orders in turn', () => {
    const { runtime } = prepare({ liability: 500n * UNIT })
    expect(codes(onMintRequest(runtime, request([400n, 200n, 100n])))).toEqual(['', 'POR_INSUFFICIENT_RESERVES', ''])
  })

  test('refuses a reference that the batch uses twice', () => {
    const { runtime } = prepare()
    const payload = request([1n])
    const json = JSON.parse(new TextDecoder().decode(payload.input)) as { orders: unknown[] }
    json.orders.push(json.orders[0])
    const twice = create(HTTP_TRIGGER_PB.PayloadSchema, { input: new TextEncoder().encode(JSON.stringify(json)) })
    expect(codes(onMintRequest(runtime, twice))).toEqual(['', 'DUPLICATE_REFERENCE'])
  })

  test('expires by DON time', () => {
    const { runtime, asked } = prepare()
    expect(codes(onMintRequest(runtime, request([1n], 1_789_999_999)))).toEqual(['EXPIRED'])
    expect(asked).toHaveLength(0)
  })

  test('stops when the consumer was replaced by another', () => {
    const { runtime, written } = prepare({ replaced: true })
    expect(() => onMintRequest(runtime, request([1n]))).toThrow('was replaced by another')
    expect(written).toEqual([])
  })

  test('stops for a basket that the factory does not have', () => {
    const { runtime, written, asked } = prepare({ foreign: true })
    expect(() => onMintRequest(runtime, request([1n]))).toThrow(`the factory has no basket of ${STABLECOIN}`)
    expect([written, asked]).toEqual([[], []])
  })

  test('without orders attests the reserve of the basket it names', () => {
    const { runtime, written } = prepare()
    expect(onMintRequest(runtime, request([], 1_790_000_060))).toMatchObject({
      ...{ txHash: TX_HASH, orders: [] },
      reserves: { amount: (1000n * UNIT).toString(), observedAt: 1_789_999_995 },
    })
    const [, instruction, , , validUntil] = decodeAbiParameters(bodyParameters, written[0] ?? '0x')
    expect([written.length, instruction, validUntil]).toEqual([1, 3, 1_790_000_060n])
    const { runtime: foreign } = prepare({ foreign: true })
    expect(() => onMintRequest(foreign, request([]))).toThrow('the factory has no basket')
  })

  test('does not run for a token that the consumer does not mint', () => {
    const { runtime } = prepare({ token: POLICY })
    expect(() => onMintRequest(runtime, request([1n]))).toThrow(`mints ${POLICY}, not ${STABLECOIN}`)
  })

  test('tells a receiver that refused from one that accepted', () => {
    const { runtime } = prepare({ receiver: 'REVERTED' })
    expect(onMintRequest(runtime, request([1n]))).toMatchObject({
      txHash: TX_HASH,
      orders: [{ outcome: 'delivered' }],
    })
    expect(runtime.getLogs().join('\n')).toContain('The consumer refused the report as a whole')
  })

  test('refuses an impossible order by itself, and mints the others', () => {
    const { runtime, written } = prepare()
    const payload = request([1n, 2n, 3n])
    const json = JSON.parse(new TextDecoder().decode(payload.input)) as { orders: { amount: string }[] }
    ;(json.orders[1] as { amount: string }).amount = (2n ** 256n).toString()
    const result = onMintRequest(
      runtime,
      create(HTTP_TRIGGER_PB.PayloadSchema, { input: new TextEncoder().encode(JSON.stringify(json)) }),
    )
    expect(result.orders.map(({ bankRef, code, reason }) => [bankRef.slice(0, 4), code, reason])).toEqual([
      ['0x11', '', ''],
      ['0x22', 'INVALID_ORDER', 'amount is more than 2^256-1'],
      ['0x33', '', ''],
    ])
    expect((decodeAbiParameters(bodyParameters, written[0] ?? '0x')[6] as unknown[]).length).toBe(2)
  })

  test('asks nobody for impossible orders, also on chain', () => {
    const { runtime, written, asked } = prepare({ config: { refusals: 'onchain' } })
    expect(codes(onMintRequest(runtime, request([2n ** 255n])))).toEqual(['INVALID_ORDER'])
    expect([written.length, asked.length]).toEqual([0, 0])
  })

  test('says nothing in the words of others', () => {
    const foreign = 'connect to https://user:pa55@rpc.example/v2/key?token=t0ken failed'
    const { runtime } = prepare({ surveyFails: foreign })
    expect(() => onMintRequest(runtime, request([1n]))).toThrow(/^(?!.*(https|rpc|pa55|key|t0ken))[A-Z_]+: /)
  })

  test('fails when no transaction carried the report', () => {
    const { runtime } = prepare({ transaction: 'FATAL' })
    expect(() => onMintRequest(runtime, request([1n]))).toThrow('the report was not delivered')
  })
})

describe('reserve', () => {
  const at = (seconds: number) => new Date(NOW_MILLIS + seconds * 1000).toISOString()
  const body = (overrides: object) => ({
    body: { accountName: 'Bank', totalReserve: '1000', lastUpdated: at(0), ...overrides },
  })
  const refusals: [string, World['reserve'], string][] = [
    ['too old by a second', body({ lastUpdated: at(-301) }), 'POR_STALE'],
    ['just young enough', body({ lastUpdated: at(-300) }), ''],
    ['too far ahead', body({ lastUpdated: at(121) }), 'POR_STALE'],
    ['just near enough', body({ lastUpdated: at(120) }), ''],
    ['not assigned', { status: 404 }, 'NO_RESERVE_ASSIGNED'],
    ['forbidden', { status: 403 }, 'POR_UNAVAILABLE'],
    ['negative', body({ totalReserve: -5 }), 'POR_UNAVAILABLE'],
    ['not a number', body({ totalReserve: true }), 'POR_UNAVAILABLE'],
    ['without a name', { body: { totalReserve: 1, lastUpdated: at(0) } }, 'POR_UNAVAILABLE'],
  ]
  for (const [name, reserve, code] of refusals) {
    test(`${name}: ${code === '' ? 'accepted' : code}`, () => {
      const { runtime } = prepare({ reserve })
      expect(codes(onMintRequest(runtime, request([1n])))).toEqual([code])
    })
  }
})

describe('schedule', () => {
  const payload = create(CRON_TRIGGER_PB.PayloadSchema)
  test('attests the baskets in turn, by the time at which it fires', () => {
    const baskets: Address[] = [STABLECOIN, ACCOUNT, FACTORY]
    const turns = [0, 1, 2, 3, 4].map((firing) => {
      const { runtime, asked } = prepare({ baskets })
      const seconds = BigInt(NOW_MILLIS / 1000 + firing * 900)
      const { stablecoin } = onAttest(runtime, {
        ...payload,
        scheduledExecutionTime: { seconds, nanos: 0 } as never,
      })
      expect(asked).toEqual([`https://bank.example/reserves/${stablecoin}`])
      return stablecoin as Address
    })
    const first = baskets.indexOf(turns[0] as Address)
    expect(turns).toEqual([0, 1, 2, 3, 4].map((at) => baskets[(first + at) % 3] as Address))
  })
  test('has nothing to do while the factory has no basket', () => {
    const { runtime, written } = prepare({ baskets: [] })
    expect(onAttest(runtime, payload)).toMatchObject({ stablecoin: '', txHash: '', orders: [] })
    expect(written).toEqual([])
  })
  test('writes the proof without orders', () => {
    const { runtime, written } = prepare()
    expect(onAttest(runtime, payload)).toMatchObject({
      txHash: TX_HASH,
      orders: [],
      reserves: { amount: (1000n * UNIT).toString() },
    })
    expect(decodeAbiParameters(bodyParameters, written[0] ?? '0x')).toEqual([
      2,
      3,
      31337n,
      CONSUMER,
      1_790_000_600n,
      [1000n * UNIT, 1_789_999_995n],
      [],
      [],
    ])
  })
  test('is simulated without a transaction', () => {
    const { runtime, written } = prepare({ dryRun: true })
    expect(onAttest(runtime, payload)).toMatchObject({ txHash: '', orders: [] })
    expect(written.length).toBe(1)
    expect(runtime.getLogs().join()).toContain('dry run')
  })
  test('writes nothing without a proof, and says why', () => {
    const { runtime, written } = prepare({ reserve: { status: 500 } })
    expect(onAttest(runtime, payload)).toMatchObject({
      txHash: '',
      orders: [],
      reserves: {
        amount: '',
        code: 'POR_UNAVAILABLE',
        reason: 'SOURCE_UNAVAILABLE: the source answered with status 500',
        sources: [{ code: 'POR_UNAVAILABLE', word: 'SOURCE_UNAVAILABLE' }],
      },
    })
    expect(written).toEqual([])
  })
  test('fails when the consumer refused it', () => {
    const { runtime } = prepare({ receiver: 'REVERTED' })
    expect(() => onAttest(runtime, payload)).toThrow('the consumer refused the reserve report')
  })
})
