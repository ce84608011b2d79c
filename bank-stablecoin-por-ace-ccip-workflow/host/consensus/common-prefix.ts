// Finds the longest beginning, or end, that enough lists share.
import { type Value, canonicalKey, listValue } from '../base/values'
import { AggregationError } from './error'
import { identical } from './identical'

/** The longest beginning that f+1 lists share: element by element, lists that left the common path drop out. */
export function commonPrefix(params: { values: Value[]; f: number }): Value {
  const { f } = params
  let lists = params.values.flatMap(({ value }) => (value.case === 'listValue' ? [value.value.fields] : []))
  if (lists.length < f + 1) throw new AggregationError('insufficient observations to reach consensus')
  const prefix: Value[] = []
  for (;;) {
    const reaching = lists.filter((list) => list.length > prefix.length)
    const element = commonElement({
      values: reaching.map((list) => list[prefix.length]).filter((entry) => entry !== undefined),
      f,
    })
    if (element === undefined) return listValue(prefix)
    const key = canonicalKey(element)
    lists = reaching.filter((list) => {
      const entry = list[prefix.length]
      return entry !== undefined && canonicalKey(entry) === key
    })
    prefix.push(element)
  }
}

/** The longest end that f+1 lists share. */
export function commonSuffix(params: { values: Value[]; f: number }): Value {
  return reversed(commonPrefix({ values: params.values.map(reversed), f: params.f }))
}

function commonElement(params: { values: Value[]; f: number }): Value | undefined {
  try {
    return identical(params)
  } catch (error) {
    if (error instanceof AggregationError) return undefined
    throw error
  }
}

function reversed(value: Value): Value {
  return value.value.case === 'listValue' ? listValue(value.value.value.fields.toReversed()) : value
}
