// Counts how often each value was sent.
import { create } from '@bufbuild/protobuf'
import { VALUES_PB } from '@chainlink/cre-sdk/pb'
import { type Value, canonicalKey, listValue, mapValue } from '../base/values'
import { AggregationError } from './error'

/** Every distinct value with its count: the most frequent first, equal counts in the order of their bytes. */
export function frequencyList(params: { values: Value[]; f: number }): Value {
  const present = params.values.filter(({ value }) => value.case !== undefined)
  if (params.values.length < params.f + 1 || present.length === 0) {
    throw new AggregationError('insufficient observations to reach consensus')
  }
  const groups = [...Map.groupBy(present, canonicalKey)]
  groups.sort(([keyA, a], [keyB, b]) => b.length - a.length || (keyA < keyB ? -1 : 1))
  return listValue(
    groups.flatMap(([, [value, ...others]]) => (value === undefined ? [] : [entry(value, others.length + 1)])),
  )
}

function entry(value: Value, count: number): Value {
  const int64 = create(VALUES_PB.ValueSchema, { value: { case: 'int64Value', value: BigInt(count) } })
  return mapValue({ value, count: int64 })
}
