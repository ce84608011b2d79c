// Finds the median of the values of one type.
import { type Value, toBigInt } from '../base/values'
import { AggregationError } from './error'

/** A number that orders like the value: bigints compare with bigints, floats with floats. */
type Rank = bigint | number

const RANKED = new Set(['int64Value', 'uint64Value', 'float64Value', 'decimalValue', 'bigintValue', 'timeValue'])

/** The middle of the values of the one type that f+1 nodes sent; with an even count the lower middle. */
export function median(params: { values: Value[]; f: number }): Value {
  const values = dominantType(params)
  const type = values[0]?.value.case ?? 'nothing'
  if (!RANKED.has(type)) throw new AggregationError(`unsupported type for median aggregation: ${type}`)
  const exponent = smallestExponent(values)
  const ranked = values.map((value) => ({ value, rank: rankOf(value, exponent) }))
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
  const middle = ranked[Math.floor((ranked.length - 1) / 2)]
  if (middle === undefined) throw new AggregationError('insufficient observations to reach consensus')
  return middle.value
}

function dominantType(params: { values: Value[]; f: number }): Value[] {
  const { values, f } = params
  if (values.length < f + 1) {
    throw new AggregationError(`insufficient observations (${values.length}) to meet minimum (${f + 1})`)
  }
  const byType = Map.groupBy(values, (value) => value.value.case)
  const dominant = [...byType].filter(([type, group]) => type !== undefined && group.length >= f + 1)
  if (dominant.length > 1) throw new AggregationError('not identical, multiple types with f+1 occurrences')
  const group = dominant[0]?.[1]
  if (group === undefined) {
    throw new AggregationError('no single value type meets the minimum observation threshold')
  }
  return group
}

/** Decimals are compared as integers at their common, smallest exponent. */
function smallestExponent(values: Value[]): number {
  let smallest = 0
  for (const { value } of values) {
    if (value.case === 'decimalValue') smallest = Math.min(smallest, value.value.exponent)
  }
  return smallest
}

function rankOf({ value }: Value, exponent: number): Rank {
  switch (value.case) {
    case 'int64Value':
    case 'uint64Value':
    case 'float64Value':
      return value.value
    case 'bigintValue':
      return toBigInt(value.value)
    case 'timeValue':
      return value.value.seconds * 1_000_000_000n + BigInt(value.value.nanos)
    case 'decimalValue':
      return toBigInt(value.value.coefficient) * 10n ** BigInt(value.value.exponent - exponent)
    default:
      return 0n
  }
}
