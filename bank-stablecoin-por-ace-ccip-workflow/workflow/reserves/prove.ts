// Proves the reserve: reads every source, and makes one figure of them.
import type { Runtime } from '@chainlink/cre-sdk'
import { getAddress } from 'viem'
import { toBaseUnitsFloor } from '../base/decimal'
import type { Basket, BasketSurvey } from '../chain/basket'
import type { Config } from '../config/config'
import type { Refusal, ReserveEvidence } from '../orders/result'
import { type Outcome, combineFigures } from './combine'
import { readHttpSource } from './http-source'
import { assertNoJump } from './jump'
import { readFeed } from './onchain/feed'
import { readHoldings } from './onchain/holdings'
import { openSnapshot } from './onchain/read'
import { type Figure, type Source, sourcesOf } from './source/source'
import { SourceError, codeOfWord, refuse } from './source/source-error'

/** How far ahead of DON time a source's clock may be, in seconds; the feed on chain accepts no more. */
const MAX_CLOCK_SKEW_SECONDS = 120
/** What the feed on chain can hold. */
const MAX_RESERVE = 2n ** 128n - 1n
const MAX_REASON_CHARACTERS = 300

/** The proof of reserve the nodes agreed on: base units, and the oldest source's own time in unix seconds. */
export type Reserve = { accountName: string; amount: bigint; observedAt: number }

/**
 * The proof, or why there is none and which sources are meant; `evidence` lists every source either way. Whoever asked for
 * a mint reads the refusal, so the names of sources, which the operator chose, are no part of it.
 */
export type Proof = { evidence: ReserveEvidence } & ({ reserve: Reserve } | { refusal: Refusal; sources: string })

/** Reads every source of the basket, judges each by DON time, and makes one figure of them by the configured rule. */
export function proveReserve(runtime: Runtime<Config>, params: Pick<BasketSurvey, 'basket' | 'proof'>): Proof {
  const { rule, sources } = sourcesOf(runtime.config)
  const names: string[] = []
  const warnings: string[] = []
  const outcomes = sources.map((source) => {
    const outcome = readSource(runtime, { basket: params.basket, source, warnings })
    names.push(outcome.accountName)
    return outcome
  })
  const combined = combineFigures(rule, outcomes)
  const evidence = { sources: outcomes.map(({ figure }) => figure), warnings: [...warnings, ...combined.warnings] }
  const shorthand = sources.some((source) => source.shorthand)
  const stop = (error: SourceError, names: string): Proof => ({
    evidence,
    refusal: refusalOfSource(error, { shorthand }),
    sources: names,
  })
  if ('error' in combined) return stop(combined.error, combined.name)
  const { amount, observedAt } = combined
  const all = sources.map(({ settings }) => settings.name).join(', ')
  if (amount > MAX_RESERVE) return stop(new SourceError('AMOUNT_TOO_LARGE'), all)
  try {
    assertNoJump({ last: params.proof, sources, amount })
  } catch (error) {
    return stop(sourceErrorOf(error), all)
  }
  return { evidence, reserve: { accountName: names.join(', '), amount, observedAt } }
}

function readSource(
  runtime: Runtime<Config>,
  params: { basket: Basket; source: Source; warnings: string[] },
): Outcome & { accountName: string } {
  const { source, warnings } = params
  const { name, class: kind, dialect } = source.settings
  const described = { name, class: kind, dialect }
  try {
    const figure = readFigure(runtime, params)
    checkFigure(runtime, { source, figure })
    const amount = capFigure({ source, figure, decimals: params.basket.decimals, warnings })
    return {
      accountName: figure.accountName === '' ? name : figure.accountName,
      figure: { ...described, amount: amount.toString(), observedAt: figure.observedAt, code: '', word: '' },
    }
  } catch (error) {
    const failure = sourceErrorOf(error)
    const { code } = refusalOfSource(failure, source)
    const figure = { ...described, amount: '', observedAt: 0, code, word: failure.word }
    return { accountName: name, error: failure, figure }
  }
}

function readFigure(runtime: Runtime<Config>, params: { basket: Basket; source: Source }): Figure {
  const { source, basket } = params
  const { settings } = source
  if (settings.stablecoin !== undefined && getAddress(settings.stablecoin) !== basket.stablecoin) {
    refuse('OTHER_STABLECOIN')
  }
  if (settings.class !== 'on-chain') {
    return readHttpSource(runtime, { source: { settings, shorthand: source.shorthand }, basket })
  }
  const { amount, observedAt } =
    settings.dialect === 'aggregator-v3'
      ? readFeed(runtime, {
          at: openSnapshot(runtime, settings),
          address: settings.address,
          decimals: settings.decimals,
        })
      : readHoldings(runtime, settings)
  return { accountName: '', amount: toBaseUnitsFloor({ value: amount, decimals: basket.decimals }), observedAt }
}

/** What every figure has to pass, wherever it comes from. */
function checkFigure(runtime: Runtime<Config>, params: { source: Source; figure: Figure }): void {
  const { figure, source } = params
  const ageSeconds = Math.floor(runtime.now().getTime() / 1000) - figure.observedAt
  if (figure.amount === 0n && !source.shorthand) refuse('AMOUNT_ZERO')
  if (ageSeconds > source.settings.maxAgeSeconds)
    refuse('TOO_OLD', `the reserve was reported ${ageSeconds} seconds ago`)
  if (ageSeconds < -MAX_CLOCK_SKEW_SECONDS)
    refuse('IN_THE_FUTURE', `the time stamp is ${-ageSeconds} seconds in the future`)
}

/** A self-reported figure counts up to its limit only, and is always marked. */
function capFigure(params: { source: Source; figure: Figure; decimals: number; warnings: string[] }): bigint {
  const { settings } = params.source
  if (settings.class !== 'self-reported' || settings.limit === undefined) return params.figure.amount
  const limit = BigInt(settings.limit) * 10n ** BigInt(params.decimals)
  const over = params.figure.amount > limit ? `; it reports more, but counts up to ${settings.limit}` : ''
  params.warnings.push(`${settings.name} is self-reported: the issuer vouches for its own reserve${over}`)
  return params.figure.amount > limit ? limit : params.figure.amount
}

/** The shorthand keeps the code it always had for an answer that cannot be used; a name that is an attack is none of those. */
function refusalOfSource(error: SourceError, params: { shorthand: boolean }): Refusal {
  const code = codeOfWord(error.word)
  const older = params.shorthand && code === 'POR_INVALID' && error.word !== 'ACCOUNT_NAME_INVALID'
  const reason = `${error.word}: ${error.detail}`.slice(0, MAX_REASON_CHARACTERS)
  return { code: older ? 'POR_UNAVAILABLE' : code, policy: '', reason }
}

function sourceErrorOf(error: unknown): SourceError {
  if (error instanceof SourceError) return error
  throw error
}
