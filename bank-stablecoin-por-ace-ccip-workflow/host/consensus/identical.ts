// Finds the one value that f+1 nodes sent.
import { type Value, canonicalKey } from '../base/values'
import { AggregationError } from './error'

/** The one value that at least f+1 nodes sent; two such values are an error. */
export function identical(params: { values: Value[]; f: number }): Value {
  if (params.values.length === 0) throw new AggregationError('no values for identical aggregation')
  const counts = new Map<string, number>()
  let winner: Value | undefined
  for (const value of params.values) {
    const key = canonicalKey(value)
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    if (count !== params.f + 1) continue
    if (winner !== undefined) throw new AggregationError('not identical, multiple values with f+1 occurrences')
    winner = value
  }
  if (winner === undefined) throw new AggregationError('no values met f+1 threshold for identical consensus')
  return winner
}
