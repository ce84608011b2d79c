// Aggregates the nodes' values by the rule that their descriptor names.
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { type Value, mapValue } from '../base/values'
import { commonPrefix, commonSuffix } from './common-prefix'
import { AggregationError } from './error'
import { frequencyList } from './frequency'
import { identical } from './identical'
import { median } from './median'

type Descriptor = SDK_PB.ConsensusDescriptor

/** Aggregates the nodes' values by a descriptor, as the DON's consensus does; throws AggregationError. */
export function aggregate(params: {
  values: Value[]
  descriptor: Descriptor | undefined
  defaultValue?: Value | undefined
  f: number
}): Value {
  const { values, f } = params
  const shape = params.descriptor?.descriptor
  if (shape?.case === 'fieldsMap') {
    return byFields({ values, fields: shape.value.fields, defaultValue: params.defaultValue, f })
  }
  if (shape?.case !== 'aggregation') throw new AggregationError('unknown consensus descriptor')
  switch (shape.value) {
    case SDK_PB.AggregationType.IDENTICAL:
      return identical({ values, f })
    case SDK_PB.AggregationType.MEDIAN:
      return median({ values, f })
    case SDK_PB.AggregationType.COMMON_PREFIX:
      return commonPrefix({ values, f })
    case SDK_PB.AggregationType.COMMON_SUFFIX:
      return commonSuffix({ values, f })
    case SDK_PB.AggregationType.FREQUENCY_LIST:
      return frequencyList({ values, f })
    default:
      throw new AggregationError(`unknown aggregation type: ${shape.value}`)
  }
}

/** Each field by its own rule, in the order of the field names; a field that fails takes its default, if there is one. */
function byFields(params: {
  values: Value[]
  fields: Record<string, Descriptor>
  defaultValue: Value | undefined
  f: number
}): Value {
  const { values, fields, f } = params
  if (values.length < f + 1) throw new AggregationError('insufficient observations to reach consensus')
  const result: Record<string, Value> = {}
  for (const name of Object.keys(fields).sort()) {
    const fallback = fieldOf(params.defaultValue, name)
    try {
      const column = values.map((value) => fieldOf(value, name)).filter((value) => value !== undefined)
      result[name] = aggregate({ values: column, descriptor: fields[name], defaultValue: fallback, f })
    } catch (error) {
      if (!(error instanceof AggregationError)) throw error
      if (fallback === undefined) throw new AggregationError(`aggregation for field failed '${name}': ${error.message}`)
      result[name] = fallback
    }
  }
  return mapValue(result)
}

function fieldOf(value: Value | undefined, name: string): Value | undefined {
  return value?.value.case === 'mapValue' ? value.value.value.fields[name] : undefined
}
