/** Every HTTP dialect, class and rule through the real workflow onto the chain: the mint lands, the feed holds the reserve. */
import { describe, expect, test } from 'bun:test'
import { expectMinted, expectRefused, openMintHarness, sum } from './support/mint-harness'
import { tokens } from './support/project'
import { answerOf, createBitGoSigner, dialectsOf } from './support/reserve-answers'
import { healthyReserve } from './support/reserve-source'

const NODES = 4
const dialects = dialectsOf(createBitGoSigner())

const harness = await openMintHarness()

const sourceOf = (settings: Record<string, unknown>, path?: string) => harness.sourceOf(settings, path)

describe('dialects', () => {
  for (const [name, dialect] of Object.entries(dialects)) {
    test(`${name} mints, and its reserve stands in the feed`, async () => {
      const basket = await harness.createBasket()
      const asked: string[] = []
      harness.source.answer(({ url }) => {
        asked.push(new URL(url).pathname)
        return new Response(answerOf(dialect, { url }))
      })
      const attempt = await harness.mint({ basket, reserves: sum(sourceOf(dialect.settings)) })
      expectMinted(attempt, dialect.amount)
      const paths = name === 'bridge' ? ['/reserves', '/supply'] : ['']
      expect(asked.sort()).toEqual(paths.flatMap((path) => Array(NODES).fill(`/main/${basket.stablecoin}${path}`)))
      const { class: kind, dialect: format } = dialect.settings
      expect(attempt.outcome.result?.reserves).toMatchObject({
        sources: [{ class: kind, dialect: format, code: '' }],
        warnings: [],
      })
    })
  }
})

describe('a self-reported source', () => {
  const reserves = () => sum(sourceOf({ class: 'self-reported', limit: 500 }))
  const warning = 'main is self-reported: the issuer vouches for its own reserve; it reports more, but counts up to 500'
  test('is marked, counts up to its limit, and brings a warning', async () => {
    harness.source.answer(() => healthyReserve())
    const attempt = await harness.mint({ basket: await harness.createBasket(), reserves: reserves() })
    expectMinted(attempt, '500')
    expect(attempt.outcome.result?.reserves).toMatchObject({
      warnings: [warning],
      sources: [{ class: 'self-reported', amount: tokens(500) }],
    })
    expect(attempt.outcome.lines).toContain(`      warning: ${warning}`)
  })
  test('backs nothing beyond its limit', async () => {
    harness.source.answer(() => healthyReserve())
    const attempt = await harness.mint({ basket: await harness.createBasket(), reserves: reserves(), amount: 501 })
    expectRefused(attempt, 'POR_INSUFFICIENT_RESERVES RESERVE_INSUFFICIENT')
    expect(attempt.outcome.result?.reserves.warnings).toEqual([warning])
  })
})

describe('rules', () => {
  /** Answers each path of the URL with the amount under its name. */
  const saying = (amounts: Record<string, string>): void =>
    harness.source.answer(({ url }) =>
      healthyReserve({ totalReserve: amounts[new URL(url).pathname.split('/')[1] ?? ''] }),
    )

  test('sum: accounts of different dialects add up to the last cent', async () => {
    const { bridge, bitgo } = dialects
    harness.source.answer(({ url }) => {
      if (url.includes('/bank/')) return healthyReserve({ totalReserve: '0.05' })
      return new Response(answerOf(url.includes('/bridge/') ? bridge : bitgo, { url }))
    })
    const reserves = sum(sourceOf({}, 'bank'), sourceOf(bridge.settings, 'bridge'), sourceOf(bitgo.settings, 'bitgo'))
    const attempt = await harness.mint({ basket: await harness.createBasket(), reserves })
    expectMinted(attempt, '22345679.70')
  })

  const attestors = (required: number) => ({
    rule: { kind: 'agreement', required, toleranceBps: 50 },
    sources: ['a', 'b', 'c'].map((path) => sourceOf({}, path)),
  })
  test('agreement: two of three outvote a liar, the lower counts', async () => {
    saying({ a: '1000.00', b: '99999999.00', c: '1001.00' })
    const attempt = await harness.mint({ basket: await harness.createBasket(), reserves: attestors(2) })
    expectMinted(attempt, '1000')
    expect(attempt.outcome.result?.reserves.warnings).toEqual(['b stands apart from the others'])
  })
  test('agreement: where three are required, one liar stops the mint', async () => {
    saying({ a: '1000.00', b: '99999999.00', c: '1001.00' })
    const attempt = await harness.mint({ basket: await harness.createBasket(), reserves: attestors(3) })
    expectRefused(attempt, 'POR_INVALID SOURCES_DISAGREE')
  })
})
