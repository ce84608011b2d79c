// Concludes a consensus round from the nodes' contributions.
import { create, toBinary } from '@bufbuild/protobuf'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { CapabilityError } from '../base/errors'
import { type Value, canonicalKey } from '../base/values'
import { aggregate } from './aggregate'
import { AggregationError } from './error'

/** One node's contribution to a consensus round. */
export type Contribution = { node: string; inputs: SDK_PB.SimpleConsensusInputs }

/** What the round makes of the contributions; `dropped` names the nodes whose rule differed from the majority's. */
export type SimpleOutcome = { value: Value; dropped: string[]; errors: { node: string; error: string }[] }

/**
 * The outcome of a consensus round: contributions whose descriptor or default is not the one f+1 nodes sent are dropped,
 * f+1 errors fail the round, else the values aggregate. A failed round takes the default, if there is one.
 */
export function concludeSimple(params: { contributions: Contribution[]; f: number }): SimpleOutcome {
  const { contributions, f } = params
  const rule = commonRule(params)
  const kept = contributions.filter(({ inputs }) => ruleKey(inputs) === rule)
  const dropped = contributions.filter((entry) => !kept.includes(entry)).map(({ node }) => node)
  const values: Value[] = []
  const errors: { node: string; error: string }[] = []
  for (const { node, inputs } of kept) {
    if (inputs.observation.case === 'value') values.push(inputs.observation.value)
    if (inputs.observation.case === 'error') errors.push({ node, error: inputs.observation.value })
  }
  const { descriptors, default: defaultValue } = kept[0]?.inputs ?? {}
  try {
    if (errors.length >= f + 1) throw new AggregationError(describeErrors(errors))
    return { value: aggregate({ values, descriptor: descriptors, defaultValue, f }), dropped, errors }
  } catch (error) {
    if (!(error instanceof AggregationError)) throw error
    if (defaultValue !== undefined) return { value: defaultValue, dropped, errors }
    throw new CapabilityError('ConsensusFailed', error.message)
  }
}

function describeErrors(errors: { node: string; error: string }[]): string {
  const texts = Map.groupBy(errors, ({ error }) => error)
  return [...texts].map(([text, group]) => `${text} (${group.map(({ node }) => node).join(', ')})`).join('; ')
}

function commonRule(params: { contributions: Contribution[]; f: number }): string {
  const rules = Map.groupBy(params.contributions, ({ inputs }) => ruleKey(inputs))
  const common = [...rules].filter(([, group]) => group.length >= params.f + 1)
  const rule = common[0]?.[0]
  if (common.length !== 1 || rule === undefined) {
    throw new CapabilityError('ConsensusFailed', 'the nodes do not agree on the aggregation rule')
  }
  return rule
}

function ruleKey(inputs: SDK_PB.SimpleConsensusInputs): string {
  const rule = create(SDK_PB.SimpleConsensusInputsSchema, {
    descriptors: inputs.descriptors && sortDescriptor(inputs.descriptors),
  })
  const descriptor = Buffer.from(toBinary(SDK_PB.SimpleConsensusInputsSchema, rule)).toString('hex')
  return `${descriptor}|${inputs.default === undefined ? '' : canonicalKey(inputs.default)}`
}

function sortDescriptor(descriptor: SDK_PB.ConsensusDescriptor): SDK_PB.ConsensusDescriptor {
  if (descriptor.descriptor.case !== 'fieldsMap') return descriptor
  const sorted = Object.entries(descriptor.descriptor.value.fields).sort(([a], [b]) => (a < b ? -1 : 1))
  const fields = Object.fromEntries(sorted.map(([name, field]) => [name, sortDescriptor(field)]))
  return create(SDK_PB.ConsensusDescriptorSchema, { descriptor: { case: 'fieldsMap', value: { fields } } })
}
