/** Reserves that lie on chain, read by the real workflow from a real chain: feeds, listed wallets, wallets with a price. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Address, type Hex, encodeFunctionData, encodeFunctionResult, getAddress, numberToHex, parseAbi, parseUnits } from 'viem'
import { multicall3Bytecode } from '../node_modules/viem/constants/contracts'
import { ACCOUNTS, FIXTURE_MILLIS, TEST_MILLIS, type TestChain, keysFor, mined, removeTemporary, startChain } from './support/fixture'
import { type RunOutcome, createProject, payloadOf, runInProcess, tokens } from './support/project'
import { type ReserveSource, startReserveSource } from './support/reserve-source'
import { install } from './support/responder'
import { MULTICALL3 } from '../workflow/reserves/source-config'

setDefaultTimeout(TEST_MILLIS)

const abi = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)',
  'function getPoRAddressListLength() view returns (uint256)',
  'function getPoRAddressList(uint256, uint256) view returns (string[])',
  'function balanceOf(address) view returns (uint256)',
])
const FEED: Address = '0x1000000000000000000000000000000000000001'
const LIST: Address = '0x1000000000000000000000000000000000000002'
const DOLLAR: Address = '0x1000000000000000000000000000000000000003'
const wallet = (index: number): Address => getAddress(numberToHex(0xabc0000000 + index, { size: 20 }))

let chain: TestChain
let api: ReserveSource
let donFile: string

beforeAll(async () => {
  chain = await startChain()
  api = startReserveSource()
  donFile = await keysFor(chain)
  const deployer = ACCOUNTS.deployer
  await chain.rpc('anvil_impersonateAccount', [deployer])
  const { contractAddress } = await mined(chain, { from: deployer, data: multicall3Bytecode, gas: '0x4c4b40' })
  await chain.rpc('anvil_setCode', [MULTICALL3, await chain.rpc('eth_getCode', [contractAddress, 'latest'])])
}, FIXTURE_MILLIS)

afterAll(async () => {
  await chain?.stop()
  await api?.stop()
  removeTemporary()
})

const secondsNow = (): number => Math.floor(Date.now() / 1000)

function feedAnswers(params: { answer: bigint; decimals?: number; updatedAt?: number; round?: bigint }): Record<Hex, Hex> {
  const { answer, decimals = 8, updatedAt = secondsNow() - 5, round = 7n } = params
  const at = BigInt(updatedAt)
  return {
    [encodeFunctionData({ abi, functionName: 'decimals' })]: encodeFunctionResult({ abi, functionName: 'decimals', result: decimals }),
    [encodeFunctionData({ abi, functionName: 'latestRoundData' })]: encodeFunctionResult({
      abi,
      functionName: 'latestRoundData',
      result: [round, answer, at, at, round],
    }),
  }
}

function listAnswers(addresses: string[], params: { length?: number; pageSize?: number } = {}): Record<Hex, Hex> {
  const { length = addresses.length, pageSize = 25 } = params
  const answers: Record<Hex, Hex> = {
    [encodeFunctionData({ abi, functionName: 'getPoRAddressListLength' })]: encodeFunctionResult({
      abi,
      functionName: 'getPoRAddressListLength',
      result: BigInt(length),
    }),
  }
  for (let start = 0; start < length; start += pageSize) {
    const end = Math.min(start + pageSize, length) - 1
    const call = encodeFunctionData({ abi, functionName: 'getPoRAddressList', args: [BigInt(start), BigInt(end)] })
    const page = addresses.slice(start, end + 1)
    answers[call] = encodeFunctionResult({ abi, functionName: 'getPoRAddressList', result: page })
  }
  return answers
}

function dollarAnswers(balances: Record<Address, bigint>): Record<Hex, Hex> {
  const answers: Record<Hex, Hex> = {
    [encodeFunctionData({ abi, functionName: 'decimals' })]: encodeFunctionResult({ abi, functionName: 'decimals', result: 6 }),
  }
  for (const [account, balance] of Object.entries(balances)) {
    const call = encodeFunctionData({ abi, functionName: 'balanceOf', args: [account as Address] })
    answers[call] = encodeFunctionResult({ abi, functionName: 'balanceOf', result: balance })
  }
  return answers
}

/** Runs one mint of two tokens against one on-chain source, with everything so far finalized and the clock at now. */
async function mint(source: Record<string, unknown>): Promise<RunOutcome> {
  const common = { name: 'chain', class: 'on-chain', unit: 'USD', maxAgeSeconds: 300 }
  const reserves = { rule: { kind: 'sum' }, sources: [{ ...common, ...source }] }
  const project = createProject({ chain, donFile, config: { porApiUrl: undefined, reserves } })
  await chain.rpc('anvil_mine', ['0x5'])
  const orders = [{ account: ACCOUNTS.beneficiary, amount: tokens(2) }]
  return runInProcess(project, { payload: payloadOf(project, { orders }) })
}

function verdictOf({ result, error }: RunOutcome): string {
  const order = result?.orders[0]
  if (order === undefined) return error?.message ?? 'no result'
  return order.code === '' ? (result?.reserves.amount ?? '') : `${order.code} ${order.reason.split(':')[0]}`
}

describe('AggregatorV3', () => {
  const source = { dialect: 'aggregator-v3', address: FEED }
  test('a healthy feed mints, exactly', async () => {
    await install(chain, FEED, feedAnswers({ answer: 123_456_789_012_345n }))
    const outcome = await mint(source)
    expect(verdictOf(outcome)).toBe(parseUnits('1234567.89012345', 18).toString())
    expect(outcome.result?.txHash).toMatch(/^0x[0-9a-f]{64}$/)
  })
  const refusals: [string, Parameters<typeof feedAnswers>[0], string][] = [
    ['a negative answer', { answer: -1n }, 'POR_INVALID AMOUNT_NEGATIVE'],
    ['a zero answer', { answer: 0n }, 'POR_INVALID AMOUNT_ZERO'],
    ['no round yet', { answer: 1n, round: 0n }, 'POR_INVALID ROUND_INVALID'],
    ['an unfinished round', { answer: 1n, updatedAt: 0 }, 'POR_INVALID ROUND_INVALID'],
    ['an old round', { answer: 10n ** 14n, updatedAt: secondsNow() - 3600 }, 'POR_STALE TOO_OLD'],
    ['a round from the future', { answer: 10n ** 14n, updatedAt: secondsNow() + 3600 }, 'POR_STALE IN_THE_FUTURE'],
    ['other decimals than configured', { answer: 10n ** 14n, decimals: 6 }, 'POR_INVALID DECIMALS_MISMATCH'],
    ['an absurd answer', { answer: 2n ** 200n }, 'POR_INVALID AMOUNT_TOO_LARGE'],
  ]
  for (const [name, answers, verdict] of refusals) {
    test(`refuses ${name}`, async () => {
      await install(chain, FEED, feedAnswers(answers))
      expect(verdictOf(await mint({ ...source, decimals: 8 }))).toBe(verdict)
    })
  }
  test('refuses an address without a contract', async () => {
    expect(verdictOf(await mint({ ...source, address: wallet(0) }))).toBe('POR_UNAVAILABLE CHAIN_UNREADABLE')
  })
})

describe('wallets', () => {
  test('ERC-20 balances of many wallets are read page by page and added', async () => {
    const wallets = Array.from({ length: 60 }, (_, index) => wallet(index))
    await install(chain, DOLLAR, dollarAnswers(Object.fromEntries(wallets.map((account, index) => [account, BigInt(index) * 1_000_001n]))))
    const outcome = await mint({ dialect: 'wallets', asset: DOLLAR, addresses: wallets })
    expect(verdictOf(outcome)).toBe(parseUnits('1770.00177', 18).toString())
  })
  test('native coins count by their price, at a finalized block', async () => {
    await chain.rpc('anvil_setBalance', [wallet(1), numberToHex(parseUnits('2.5', 18))])
    await chain.rpc('anvil_setBalance', [wallet(2), numberToHex(parseUnits('0.5', 18))])
    await install(chain, FEED, feedAnswers({ answer: 400_050_000_000n }))
    const source = { dialect: 'wallets', asset: 'native', addresses: [wallet(1), wallet(2)], unit: 'ETH' }
    const priceFeed = { address: FEED, maxAgeSeconds: 3600 }
    expect(verdictOf(await mint({ ...source, priceFeed }))).toBe(parseUnits('12001.5', 18).toString())
    await install(chain, FEED, feedAnswers({ answer: 400_050_000_000n, updatedAt: secondsNow() - 7200 }))
    expect(verdictOf(await mint({ ...source, priceFeed }))).toBe('POR_STALE TOO_OLD')
  })
  test('one wallet that cannot be read stops it', async () => {
    await install(chain, DOLLAR, dollarAnswers({ [wallet(1)]: 10n ** 12n }))
    const outcome = await mint({ dialect: 'wallets', asset: DOLLAR, addresses: [wallet(1), wallet(2)] })
    expect(verdictOf(outcome)).toBe('POR_UNAVAILABLE CHAIN_UNREADABLE')
  })
  test('empty wallets are no reserve, and a wallet counts once', async () => {
    await install(chain, DOLLAR, dollarAnswers({ [wallet(1)]: 0n }))
    const source = { dialect: 'wallets', asset: DOLLAR }
    expect(verdictOf(await mint({ ...source, addresses: [wallet(1)] }))).toBe('POR_INVALID AMOUNT_ZERO')
    const twice = [wallet(1), wallet(1).toLowerCase()]
    expect(verdictOf(await mint({ ...source, addresses: twice }))).toBe('POR_INVALID ADDRESS_LIST_INVALID')
  })
})

describe('wallet address manager', () => {
  const source = { dialect: 'por-address-list', address: LIST, asset: DOLLAR, maxAddresses: 40 }
  const wallets = Array.from({ length: 30 }, (_, index) => wallet(index))
  test('the listed wallets are read over two pages', async () => {
    await install(chain, LIST, listAnswers(wallets))
    await install(chain, DOLLAR, dollarAnswers(Object.fromEntries(wallets.map((account) => [account, 10_000_000n]))))
    expect(verdictOf(await mint(source))).toBe(parseUnits('300', 18).toString())
  })
  const lists: [string, Record<Hex, Hex>, string][] = [
    ['an empty list', listAnswers([]), 'POR_INVALID ADDRESS_LIST_INVALID'],
    ['a list that is too long', listAnswers(wallets, { length: 41 }), 'POR_INVALID ADDRESS_LIST_INVALID'],
    ['a page that is too short', listAnswers(wallets.slice(0, 28), { length: 30 }), 'POR_INVALID ADDRESS_LIST_INVALID'],
    ['an address twice', listAnswers([...wallets.slice(1), wallet(5)]), 'POR_INVALID ADDRESS_LIST_INVALID'],
    ['an address of another chain', listAnswers(['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq']), 'POR_INVALID ADDRESS_LIST_INVALID'],
    ['no contract', {}, 'POR_UNAVAILABLE CHAIN_UNREADABLE'],
  ]
  for (const [name, answers, verdict] of lists) {
    test(`refuses ${name}`, async () => {
      await install(chain, LIST, answers)
      expect(verdictOf(await mint(source))).toBe(verdict)
    })
  }
})

describe('several kinds at once', () => {
  test('a bank and a chain are summed, and the jump guard compares with the last proof on chain', async () => {
    await install(chain, DOLLAR, dollarAnswers({ [wallet(1)]: 500_000_000_000n }))
    const onChain = { name: 'vault', class: 'on-chain', dialect: 'wallets', unit: 'USD', maxAgeSeconds: 300, asset: DOLLAR, addresses: [wallet(1)] }
    const bank = { name: 'bank', class: 'custodian', dialect: 'guide', unit: 'USD', maxAgeSeconds: 300, url: api.url, maxChangeBps: 500 }
    const { name: _name, ...vaultAlone } = onChain
    expect(verdictOf(await mint(vaultAlone))).toBe(tokens(500_000))
    const reserves = { rule: { kind: 'sum' }, sources: [onChain, bank] }
    const project = createProject({ chain, donFile, config: { porApiUrl: undefined, reserves } })
    const run = async (): Promise<RunOutcome> => {
      await chain.rpc('anvil_mine', ['0x5'])
      return runInProcess(project, { payload: payloadOf(project, { orders: [{ account: ACCOUNTS.beneficiary, amount: tokens(2) }] }) })
    }
    const outcome = await run()
    expect(verdictOf(outcome)).toBe('POR_INVALID JUMP_TOO_LARGE')
    expect(outcome.result?.reserves.sources.map(({ name, amount, code }) => [name, amount, code])).toEqual([
      ['vault', tokens(500_000), ''],
      ['bank', tokens(1_000_000), ''],
    ])
  })
})
