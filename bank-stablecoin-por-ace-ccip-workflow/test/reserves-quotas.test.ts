/** As many sources as a configuration may name stay within a DON's quotas, to the last call; one more is refused at once. */
import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { numberToHex } from 'viem'
import type { NodePorts } from '../host/don/ports'
import {
  COIN,
  FEED,
  LIST,
  coinAnswers,
  feedAnswers,
  installMulticall,
  listAnswers,
  wallet,
} from './support/chain-sources'
import type { Basket } from './support/fixture'
import { expectMinted, openMintHarness, sum } from './support/mint-harness'
import { answerOf, createBitGoSigner, dialectsOf } from './support/reserve-answers'
import { healthyReserve } from './support/reserve-source'
import { install } from './support/responder'

/** A DON's quotas per execution; a read's call and answer may have so many bytes. */
const HTTP_CALLS = 5
const READS = 15
/** An MT103 message asks for the basket's survey once more than an order whose amount is in base units. */
const READS_OF_ORDERS = READS - 1
const READ_BYTES = 5_000
const WALLETS = 75

const harness = await openMintHarness()
await installMulticall(harness.chain)

const listed = (maxAddresses: number) => ({
  name: 'vault',
  class: 'on-chain',
  dialect: 'por-address-list',
  unit: 'XAU',
  maxAgeSeconds: 300,
  address: LIST,
  asset: COIN,
  priceFeed: { address: FEED, maxAgeSeconds: 3600 },
  maxAddresses,
})

const feed = (name: string) => ({
  name,
  class: 'on-chain',
  dialect: 'aggregator-v3',
  unit: 'USD',
  maxAgeSeconds: 300,
  address: FEED,
})

/** Sources that back this basket. */
const backing = (basket: Basket, sources: Record<string, unknown>[]) =>
  sum(
    ...sources.map((source) =>
      source['class'] === 'on-chain' ? { stablecoin: basket.stablecoin, ...source } : source,
    ),
  )

/** Three banks with an API key each and Bridge, which takes two calls. */
const overHttp = () => [
  ...['a', 'b', 'c'].map((name) => harness.sourceOf({ secret: name, maxChangeBps: 1_000_000 }, name)),
  harness.sourceOf({ dialect: 'bridge', secret: 'bridge' }, 'bridge'),
]

type Use = { http: number; reads: number; largest: number }

/** The ports of a node, and what it uses of the quotas. */
function counted(ordinary: NodePorts): { ports: NodePorts; use: Use } {
  const use: Use = { http: 0, reads: 0, largest: 0 }
  const ports: NodePorts = {
    ...ordinary,
    intercept(message) {
      if (message.kind === 'call' && message.capability.startsWith('http-actions')) use.http += 1
      if (message.kind === 'call' && message.capability.startsWith('evm:') && message.method !== 'WriteReport')
        use.reads += 1
      return { action: 'pass' }
    },
    async rpc(method, params) {
      const answer = await ordinary.rpc(method, params)
      if (method !== 'eth_call') return answer
      const [{ data }] = params as [{ data: string }]
      use.largest = Math.max(use.largest, ...[data, String(answer)].map((hex) => hex.length / 2 - 1))
      return answer
    },
  }
  return { ports, use }
}

/** Mints with the sources and gives what each node used. */
async function mintCounting(sources: Record<string, unknown>[], reserve: string): Promise<Use[]> {
  const uses = new Map<string, Use>()
  const basket = await harness.createBasket()
  const attempt = await harness.mint({
    basket,
    reserves: backing(basket, sources),
    portsOf({ name, ordinary }) {
      const { ports, use } = counted(ordinary)
      uses.set(name, use)
      return ports
    },
  })
  expectMinted(attempt, reserve)
  expect(attempt.outcome.events.filter(({ event }) => event === 'limit.hit')).toEqual([])
  expect(uses.size).toBe(4)
  return [...uses.values()]
}

test(`quotas: banks and wallets use up ${HTTP_CALLS} calls, ${READS_OF_ORDERS} reads`, async () => {
  const wallets = Array.from({ length: WALLETS }, (_, index) => wallet(index))
  await install(harness.chain, LIST, listAnswers(wallets))
  await install(harness.chain, COIN, coinAnswers(Object.fromEntries(wallets.map((account) => [account, 1_000_000n]))))
  await install(harness.chain, FEED, feedAnswers({ answer: 2_000n * 10n ** 8n }))
  const secrets = ['a', 'b', 'c', 'bridge'].map((id) => ({ id, value: `key of ${id}` }))
  writeFileSync(
    path.join(path.dirname(harness.project.donFile), 'secrets.json'),
    JSON.stringify({ version: 1, secrets }),
    { mode: 0o600 },
  )
  const { bridge } = dialectsOf(createBitGoSigner())
  harness.source.answer(({ url }) =>
    url.includes('/bridge/') ? new Response(answerOf(bridge, { url })) : healthyReserve(),
  )

  for (const { http, reads, largest } of await mintCounting([...overHttp(), listed(WALLETS)], '13150000.75')) {
    expect({ http, reads }).toEqual({ http: HTTP_CALLS, reads: READS_OF_ORDERS })
    expect(largest).toBeGreaterThan(READ_BYTES * 0.8)
    expect(largest).toBeLessThanOrEqual(READ_BYTES)
  }
})

test(`quotas: feeds and wallets use up ${READS_OF_ORDERS} reads`, async () => {
  await install(harness.chain, FEED, feedAnswers({ answer: 2_000n * 10n ** 8n }))
  await harness.chain.rpc('anvil_setBalance', [wallet(1), numberToHex(3n * 10n ** 18n)])
  const priceFeed = { address: FEED, maxAgeSeconds: 3600 }
  const coins = {
    name: 'coins',
    class: 'on-chain',
    dialect: 'wallets',
    unit: 'ETH',
    maxAgeSeconds: 300,
    asset: 'native',
    addresses: [wallet(1)],
    priceFeed,
  }
  const mixed = [coins, feed('x'), { ...feed('y'), maxChangeBps: 100 }]
  expect((await mintCounting(mixed, '10000')).map(({ reads }) => reads)).toEqual(Array(4).fill(READS_OF_ORDERS - 2))
  const feeds = ['w', 'x', 'y', 'z'].map(feed)
  expect((await mintCounting(feeds, '8000')).map(({ reads }) => reads)).toEqual(Array(4).fill(READS_OF_ORDERS))
})

test.each([
  ['a fifth bank', () => [...overHttp(), harness.sourceOf({}, 'd')], '6 HTTP calls, a DON allows 5'],
  ['a fifth feed', () => ['v', 'w', 'x', 'y', 'z'].map(feed), '18 reads of the chain, a DON allows 15'],
  ['one more wallet', () => [...overHttp(), listed(WALLETS + 1)], '16 reads of the chain, a DON allows 15'],
])('quotas: %s is refused before any source is asked', async (_name, sources, sentence) => {
  harness.source.answer(() => healthyReserve())
  const basket = await harness.createBasket()
  const { outcome, before, after } = await harness.mint({ basket, reserves: backing(basket, sources()) })
  expect(outcome.error).toMatchObject({
    code: 'CONFIG_REFUSED',
    message: expect.stringContaining(sentence),
    signed: false,
  })
  expect(harness.source.requests()).toBe(0)
  expect(after).toEqual(before)
})
