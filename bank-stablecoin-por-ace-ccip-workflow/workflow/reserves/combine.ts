// Combines the sources' figures by the configured rule.

import type { ReserveRule } from '../config/reserve-sources'
import type { SourceFigure } from '../orders/result'
import { SourceError } from './source/source-error'

const ONE_IN_BPS = 10_000n

/** A source after it was read: its figure, or why there is none. */
export type Outcome = { figure: SourceFigure; error?: SourceError }

/** One figure out of all sources, in base units and unix seconds; or the source that stops the mint. */
export type Combined =
  | { amount: bigint; observedAt: number; warnings: string[] }
  | { error: SourceError; name: string; warnings: string[] }

/**
 * Applies the rule. A sum needs every source. An agreement bears silence (no answer, or an old one) and a figure that
 * stands apart, as long as enough others agree; it never bears an alarm: a ripcord or an answer that must not be believed.
 * The proof is as old as the oldest figure that counts.
 */
export function combineFigures(rule: ReserveRule, outcomes: Outcome[]): Combined {
  const failed = outcomes.filter(({ error }) => error !== undefined)
  const stopping = rule.kind === 'sum' ? failed : failed.filter(({ figure }) => !isSilence(figure.code))
  const good = outcomes.filter(({ error }) => error === undefined).map(({ figure }) => figure)
  const first = stopping[0] ?? (good.length === 0 ? failed[0] : undefined)
  if (first?.error !== undefined) return { error: first.error, name: first.figure.name, warnings: [] }
  if (rule.kind === 'sum') return proofOf(good, { amount: good.reduce((sum, { amount }) => sum + BigInt(amount), 0n) })

  const silent = failed.map(({ figure }) => `${figure.name} does not count: ${figure.code}, ${figure.word}`)
  const agreed = agreeingFigures(good, rule)
  if (agreed === undefined) {
    const missing = good.length < rule.required ? failed[0] : undefined
    const error = missing?.error ?? new SourceError('SOURCES_DISAGREE')
    const name = missing?.figure.name ?? good.map((figure) => figure.name).join(', ')
    return { error, name, warnings: silent }
  }
  const apart = good
    .filter((figure) => !agreed.includes(figure))
    .map(({ name }) => `${name} stands apart from the others`)
  const lowest = agreed.reduce(
    (least, { amount }) => (BigInt(amount) < least ? BigInt(amount) : least),
    BigInt(agreed[0]?.amount ?? 0),
  )
  const proof = proofOf(agreed, { amount: lowest })
  return { ...proof, warnings: [...silent, ...apart] }
}

/** The lowest group of at least `required` figures that lie within the tolerance of its highest. */
function agreeingFigures(
  figures: SourceFigure[],
  rule: Extract<ReserveRule, { kind: 'agreement' }>,
): SourceFigure[] | undefined {
  const sorted = [...figures].sort((a, b) => (BigInt(a.amount) < BigInt(b.amount) ? -1 : 1))
  for (const [start, lowest] of sorted.entries()) {
    const group = sorted
      .slice(start)
      .filter(({ amount }) => isWithin(BigInt(lowest.amount), BigInt(amount), rule.toleranceBps))
    if (group.length >= rule.required) return group
  }
  return undefined
}

function isWithin(low: bigint, high: bigint, toleranceBps: number): boolean {
  return (high - low) * ONE_IN_BPS <= high * BigInt(toleranceBps)
}

function proofOf(figures: SourceFigure[], params: { amount: bigint }): Exclude<Combined, { error: SourceError }> {
  const oldest = Math.min(...figures.map(({ observedAt }) => observedAt))
  return { amount: params.amount, observedAt: oldest, warnings: [] }
}

function isSilence(code: string): boolean {
  return code === 'POR_UNAVAILABLE' || code === 'POR_STALE'
}
