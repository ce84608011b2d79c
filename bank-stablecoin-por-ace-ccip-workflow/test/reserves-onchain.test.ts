/**
 * Reserves that lie on chain, read by the real workflow from a real chain: feeds, listed wallets, wallets with a price.
 * What they prove lands in the basket's feed; what they cannot prove changes nothing.
 */
import { describe, expect, test } from 'bun:test'
import { type Hex, numberToHex, parseUnits } from 'viem'
import {
  COIN,
  FEED,
  LIST,
  coinAnswers,
  feedAnswers,
  installMulticall,
  listAnswers,
  secondsNow,
  wallet,
} from './support/chain-sources'
import type { Basket } from './support/fixture'
import { type Attempt, expectMinted, expectRefused, openMintHarness, sum } from './support/mint-harness'
import { tokens } from './support/project'
import { healthyReserve } from './support/reserve-source'
import { install } from './support/responder'

const harness = await openMintHarness()
/** The basket whose mints are to be refused; each mint that lands has one of its own. */
const idle = await harness.createBasket()
await installMulticall(harness.chain)

const onChain = (basket: Basket, source: Record<string, unknown>) => ({
  stablecoin: basket.stablecoin,
  name: 'chain',
  class: 'on-chain',
  unit: 'USD',
  maxAgeSeconds: 300,
  ...source,
})

const put = (address: typeof FEED, answers: Record<Hex, Hex>): Promise<void> => install(harness.chain, address, answers)

/** Tries to mint two tokens against one on-chain source. */
async function mint(source: Record<string, unknown>, known?: Basket): Promise<Attempt> {
  const basket = known ?? (await harness.createBasket())
  return harness.mint({ basket, reserves: sum(onChain(basket, source)) })
}

async function refuse(source: Record<string, unknown>, verdict: string): Promise<void> {
  expectRefused(await mint(source, idle), verdict)
}

describe('AggregatorV3', () => {
  const source = { dialect: 'aggregator-v3', address: FEED }
  test('a healthy feed mints, exactly', async () => {
    await put(FEED, feedAnswers({ answer: 123_456_789_012_345n }))
    expectMinted(await mint(source), '1234567.89012345')
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
      await put(FEED, feedAnswers(answers))
      await refuse({ ...source, decimals: 8 }, verdict)
    })
  }
  test('refuses a basket that it does not back', async () => {
    await put(FEED, feedAnswers({ answer: 10n ** 14n }))
    const other = await harness.createBasket()
    await refuse({ ...source, stablecoin: other.stablecoin }, 'NO_RESERVE_ASSIGNED OTHER_STABLECOIN')
    expectMinted(await mint(source, other), '1000000')
  })
  test('refuses an address without a contract', () =>
    refuse({ ...source, address: wallet(0) }, 'POR_UNAVAILABLE CHAIN_UNREADABLE'))
})

describe('wallets', () => {
  test('ERC-20 balances are read page by page and added', async () => {
    const wallets = Array.from({ length: 60 }, (_, index) => wallet(index))
    await put(
      COIN,
      coinAnswers(Object.fromEntries(wallets.map((account, index) => [account, BigInt(index) * 1_000_001n]))),
    )
    expectMinted(await mint({ dialect: 'wallets', asset: COIN, addresses: wallets }), '1770.00177')
  })
  test('native coins count by their price, at a finalized block', async () => {
    await harness.chain.rpc('anvil_setBalance', [wallet(1), numberToHex(parseUnits('2.5', 18))])
    await harness.chain.rpc('anvil_setBalance', [wallet(2), numberToHex(parseUnits('0.5', 18))])
    await put(FEED, feedAnswers({ answer: 400_050_000_000n }))
    const priceFeed = { address: FEED, maxAgeSeconds: 3600 }
    const source = { dialect: 'wallets', asset: 'native', addresses: [wallet(1), wallet(2)], unit: 'ETH', priceFeed }
    expectMinted(await mint(source), '12001.5')
  })
  test('tokens of another unit count by a fresh price', async () => {
    await put(COIN, coinAnswers({ [wallet(1)]: 1_500_001n, [wallet(2)]: 2n }))
    await put(FEED, feedAnswers({ answer: 240_010_000_000n }))
    const priceFeed = { address: FEED, maxAgeSeconds: 3600 }
    const source = { dialect: 'wallets', asset: COIN, addresses: [wallet(1), wallet(2)], unit: 'XAU', priceFeed }
    expectMinted(await mint(source), '3600.1572003')
    await put(FEED, feedAnswers({ answer: 240_010_000_000n, updatedAt: secondsNow() - 7200 }))
    await refuse(source, 'POR_STALE TOO_OLD')
  })
  test('one wallet that cannot be read stops it', async () => {
    await put(COIN, coinAnswers({ [wallet(1)]: 10n ** 12n }))
    await refuse(
      { dialect: 'wallets', asset: COIN, addresses: [wallet(1), wallet(2)] },
      'POR_UNAVAILABLE CHAIN_UNREADABLE',
    )
  })
  test('empty wallets are no reserve, and a wallet counts once', async () => {
    await put(COIN, coinAnswers({ [wallet(1)]: 0n }))
    const source = { dialect: 'wallets', asset: COIN }
    await refuse({ ...source, addresses: [wallet(1)] }, 'POR_INVALID AMOUNT_ZERO')
    await refuse({ ...source, addresses: [wallet(1), wallet(1).toLowerCase()] }, 'POR_INVALID ADDRESS_LIST_INVALID')
  })
})

describe('wallet address manager', () => {
  const source = { dialect: 'por-address-list', address: LIST, asset: COIN, maxAddresses: 40 }
  const wallets = Array.from({ length: 30 }, (_, index) => wallet(index))
  test('the listed wallets are read over two pages', async () => {
    await put(LIST, listAnswers(wallets))
    await put(COIN, coinAnswers(Object.fromEntries(wallets.map((account) => [account, 10_000_000n]))))
    expectMinted(await mint(source), '300')
  })
  const lists: [string, Record<Hex, Hex>, string][] = [
    ['an empty list', listAnswers([]), 'POR_INVALID ADDRESS_LIST_INVALID'],
    ['a list that is too long', listAnswers(wallets, { length: 41 }), 'POR_INVALID ADDRESS_LIST_INVALID'],
    ['a page that is too short', listAnswers(wallets.slice(0, 28), { length: 30 }), 'POR_INVALID ADDRESS_LIST_INVALID'],
    ['an address twice', listAnswers([...wallets.slice(1), wallet(5)]), 'POR_INVALID ADDRESS_LIST_INVALID'],
    [
      'an address of another chain',
      listAnswers(['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq']),
      'POR_INVALID ADDRESS_LIST_INVALID',
    ],
    ['no contract', {}, 'POR_UNAVAILABLE CHAIN_UNREADABLE'],
  ]
  for (const [name, answers, verdict] of lists) {
    test(`refuses ${name}`, async () => {
      await put(LIST, answers)
      await refuse(source, verdict)
    })
  }
})

describe('several kinds at once', () => {
  test('a bank and a chain are summed, under the jump guard', async () => {
    await put(COIN, coinAnswers({ [wallet(1)]: 500_000_000_000n }))
    const basket = await harness.createBasket()
    const vault = onChain(basket, { dialect: 'wallets', asset: COIN, addresses: [wallet(1)] })
    const bank = (maxChangeBps: number) => harness.sourceOf({ maxChangeBps }, 'bank')
    const earlier = new Date(Date.now() - 30_000).toISOString()
    harness.source.answer(() => healthyReserve({ totalReserve: '500000', lastUpdated: earlier }))
    expectMinted(await harness.mint({ basket, reserves: sum(bank(0)) }), '500000')

    harness.source.answer(() => healthyReserve())
    const refused = await harness.mint({ basket, reserves: sum(vault, bank(19_999)) })
    expectRefused(refused, 'POR_INVALID JUMP_TOO_LARGE')
    expect(refused.outcome.result?.reserves.sources.map(({ name, amount, code }) => [name, amount, code])).toEqual([
      ['chain', tokens(500_000), ''],
      ['bank', tokens(1_000_000), ''],
    ])
    expectMinted(await harness.mint({ basket, reserves: sum(vault, bank(20_000)) }), '1500000')
  })
})
