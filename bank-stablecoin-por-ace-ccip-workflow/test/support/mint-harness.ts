import { expect } from 'bun:test'
import {
  type Address,
  type PublicClient,
  createPublicClient,
  encodeFunctionData,
  http,
  parseAbi,
  parseEventLogs,
  parseUnits,
} from 'viem'
import { readDonFile } from '../../host/don/don-file'
import type { NodePorts } from '../../host/don/ports'
import { ACCOUNTS, type Basket, type TestChain, mined } from './fixture'
import { transmitterAt } from './keys'
import { type Project, type RunOutcome, configure, payloadOf, tokens } from './project'
import type { ReserveSource } from './reserve-source'
import { openStage } from './stage'
import { keepWarm } from './warm'

const abi = parseAbi([
  'event BasketCreated(address indexed creator, address indexed admin, address indexed stablecoin, address mintingConsumer, string name, string symbol)',
  'function createBasket(string name, string symbol, address admin) returns (address, address)',
  'function ledger() view returns (address)',
  'function liability() view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'function balanceOf(address) view returns (uint256)',
  'function decimals() view returns (uint8)',
  'function latestProof() view returns (uint256, uint64)',
  'function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)',
])
/** Creates the basket's engine, its policies and its token in one transaction. */
const CREATION_GAS = '0x1c9c380'
/** So many blocks later Anvil calls a block finalized, with the one slot per epoch that the tests start it with. */
const BLOCKS_TO_FINALITY = '0x5'
const DECIMALS = 18

/** All that a mint can change on chain: the block, the transmitter's nonce, the liability, the token's supply, the feed. */
export type Ledger = {
  block: bigint
  sent: number
  liability: bigint
  supply: bigint
  balance: bigint
  feed: { decimals: number; round: bigint; answer: bigint; updatedAt: bigint }
}

/** A run that was asked to mint, with the ledger before and after it. */
export type Attempt = { outcome: RunOutcome; before: Ledger; after: Ledger; amount: bigint }

/** One chain, one copy of the project and one reserve API, with which many mints are tried against many sources. */
export type MintHarness = {
  chain: TestChain
  project: Project
  source: ReserveSource
  /** One source of the reserve API for the configuration, in the guide's format unless told otherwise. */
  sourceOf: (settings: Record<string, unknown>, path?: string) => Record<string, unknown>
  /** A basket for which nothing was minted or proved yet. */
  createBasket: () => Promise<Basket>
  /**
   * Tries to mint whole tokens (two, unless told otherwise) for the first beneficiary, with these reserves configured;
   * an amount of zero asks for a proof alone.
   */
  mint: (params: {
    basket: Basket
    reserves: unknown
    amount?: number
    portsOf?: (node: { name: string; ordinary: NodePorts }) => NodePorts
  }) => Promise<Attempt>
}

/** Opens a harness for the tests of a file. To be awaited at the file's top level. */
export async function openMintHarness(): Promise<MintHarness> {
  const { chain, source, project } = await openStage()
  const run = keepWarm(project)
  return {
    chain,
    project,
    source,
    sourceOf(settings, path = 'main') {
      const url = `${new URL(source.url).origin}/${path}/{stablecoin}`
      return { name: path, class: 'auditor', dialect: 'guide', unit: 'USD', maxAgeSeconds: 300, url, ...settings }
    },
    createBasket: () => createBasket(chain),
    async mint({ basket, reserves, amount = 2, ...rest }) {
      configure(project, { porApiUrl: undefined, reserves })
      await chain.rpc('anvil_mine', [BLOCKS_TO_FINALITY])
      const before = await readLedger(project, basket)
      const orders = amount === 0 ? [] : [{ account: ACCOUNTS.beneficiary, amount: tokens(amount) }]
      const payload = payloadOf(project, { orders, basket })
      const outcome = await run({ payload, ...rest })
      const after = await readLedger(project, basket)
      return { outcome, before, after, amount: BigInt(tokens(amount)) }
    },
  }
}

/** Reserves that are the sum of the sources. */
export const sum = (...sources: Record<string, unknown>[]) => ({ rule: { kind: 'sum' }, sources })

/** The mint landed in one transaction, and the feed holds the reserve (whole tokens, decimal) in its own decimals. */
export function expectMinted({ outcome, before, after, amount }: Attempt, reserve: string): void {
  expect(outcome.error).toBeUndefined()
  const { result } = outcome
  expect(result?.orders.map(({ outcome: end, code }) => [end, code])).toEqual([['delivered', '']])
  expect(result?.txHash).toMatch(/^0x[0-9a-f]{64}$/)
  expect(after).toEqual({
    block: before.block + 1n,
    sent: before.sent + 1,
    liability: before.liability + amount,
    supply: before.supply + amount,
    balance: before.balance + amount,
    feed: {
      decimals: DECIMALS,
      round: before.feed.round + 1n,
      answer: parseUnits(reserve, before.feed.decimals),
      updatedAt: BigInt(result?.reserves.observedAt ?? 0),
    },
  })
}

/** The order ended with this code and word; nothing was signed or sent, and the chain is what it was. */
export function expectRefused({ outcome, before, after }: Attempt, verdict: string): void {
  expect(verdictOf(outcome)).toBe(verdict)
  expect(outcome.result?.txHash).toBe('')
  expect(outcome.events.filter(({ event }) => /^(report|transmission)\./.test(event))).toEqual([])
  expect(after).toEqual(before)
}

/** `CODE WORD` of the one order's refusal, the proven reserve in base units, or why there is no result. */
export function verdictOf({ result, error }: RunOutcome): string {
  const order = result?.orders[0]
  if (order === undefined) return error?.message ?? 'no result'
  return order.code === '' ? (result?.reserves.amount ?? '') : `${order.code} ${order.reason.split(':')[0]}`
}

async function createBasket(chain: TestChain): Promise<Basket> {
  const from = ACCOUNTS.deployer
  await chain.rpc('anvil_impersonateAccount', [from])
  const data = encodeFunctionData({
    abi,
    functionName: 'createBasket',
    args: ['Test Dollar', 'TST', ACCOUNTS.basketAdmin],
  })
  const { transactionHash } = await mined(chain, { from, to: chain.deployment.basketFactory, data, gas: CREATION_GAS })
  const { logs } = await clientOf(chain).getTransactionReceipt({ hash: transactionHash })
  const [created] = parseEventLogs({ abi, eventName: 'BasketCreated', logs })
  if (created === undefined) throw new Error('the factory created no basket')
  return created.args
}

async function readLedger({ chain, donFile }: Project, basket: Basket): Promise<Ledger> {
  const client = clientOf(chain)
  const token = { address: basket.stablecoin, abi } as const
  const consumer = { address: basket.mintingConsumer, abi } as const
  const ledger = { address: await client.readContract({ ...consumer, functionName: 'ledger' }), abi } as const
  const { address } = transmitterAt({ donFile, don: readDonFile(donFile), slot: 0 })
  return {
    block: await client.getBlockNumber({ cacheTime: 0 }),
    sent: await client.getTransactionCount({ address }),
    liability: await client.readContract({ ...ledger, functionName: 'liability' }),
    supply: await client.readContract({ ...token, functionName: 'totalSupply' }),
    balance: await client.readContract({ ...token, functionName: 'balanceOf', args: [ACCOUNTS.beneficiary] }),
    feed: await readFeed(client, ledger.address),
  }
}

async function readFeed(client: PublicClient, address: Address): Promise<Ledger['feed']> {
  const feed = { address, abi } as const
  const decimals = await client.readContract({ ...feed, functionName: 'decimals' })
  const [, observedAt] = await client.readContract({ ...feed, functionName: 'latestProof' })
  // Without any round the feed reverts.
  if (observedAt === 0n) return { decimals, round: 0n, answer: 0n, updatedAt: 0n }
  const [round, answer, , updatedAt] = await client.readContract({ ...feed, functionName: 'latestRoundData' })
  return { decimals, round, answer, updatedAt }
}

function clientOf(chain: TestChain): PublicClient {
  return createPublicClient({ transport: http(chain.rpcUrl) })
}
