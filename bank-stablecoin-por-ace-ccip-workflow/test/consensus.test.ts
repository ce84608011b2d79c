import { describe, expect, test } from 'bun:test'
import { create } from '@bufbuild/protobuf'
import {
  ConsensusAggregationByFields,
  Decimal,
  Int64,
  UInt64,
  Value,
  consensusCommonPrefixAggregation,
  consensusCommonSuffixAggregation,
  consensusFrequencyListAggregation,
  consensusIdenticalAggregation,
  consensusMedianAggregation,
  identical,
  ignore,
  median,
} from '@chainlink/cre-sdk'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { type SimpleOutcome, concludeSimple } from '../host/consensus/simple'

const F = 1
type Rule = { descriptor: SDK_PB.ConsensusDescriptor }
type Observable = Parameters<typeof Value.from>[0]
/** A value, or an Error for a node that failed. */
type Observation = unknown

/** The outcome of a round in which the nodes observed these values under one rule. */
function conclude(rule: Rule, observations: Observation[], fallback?: Observation): SimpleOutcome {
  return concludeSimple({
    f: F,
    contributions: observations.map((observation, index) => ({
      node: `node-${index + 1}`,
      inputs: inputsOf(rule, observation, fallback),
    })),
  })
}

function inputsOf(rule: Rule, observation: Observation, fallback?: Observation): SDK_PB.SimpleConsensusInputs {
  return create(SDK_PB.SimpleConsensusInputsSchema, {
    descriptors: rule.descriptor,
    default: fallback === undefined ? undefined : Value.from(fallback as Observable).proto(),
    observation:
      observation instanceof Error
        ? { case: 'error', value: observation.message }
        : { case: 'value', value: Value.from(observation as Observable).proto() },
  })
}

const plain = (outcome: SimpleOutcome): unknown => Value.wrap(outcome.value).unwrap()

describe('consensus: identical', () => {
  const rule = consensusIdenticalAggregation<string>()

  test('takes the one value that f+1 nodes sent', () => {
    expect(plain(conclude(rule, ['a', 'b', 'a', 'c']))).toBe('a')
  })
  test('fails when no value reaches f+1', () => {
    expect(() => conclude(rule, ['a', 'b', 'c', 'd'])).toThrow('no values met f+1 threshold')
  })
  test('fails when two values reach f+1', () => {
    expect(() => conclude(rule, ['a', 'b', 'a', 'b'])).toThrow('multiple values with f+1 occurrences')
  })
  test('compares maps whatever the order of their keys', () => {
    const objects = consensusIdenticalAggregation<{ x: number; y: number }>()
    expect(
      plain(
        conclude(objects, [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
          { x: 9, y: 9 },
        ]),
      ),
    ).toEqual({ x: 1, y: 2 })
  })
  test('tells types apart', () => {
    expect(() => conclude(consensusIdenticalAggregation<number>(), [1, 1n, '1'])).toThrow('no values met')
  })
})

describe('consensus: median', () => {
  const rule = consensusMedianAggregation<number>()

  test('takes the middle of an odd count', () => {
    expect(plain(conclude(rule, [5, 1, 3]))).toBe(3)
  })
  test('takes the lower middle of an even count', () => {
    expect(plain(conclude(rule, [4, 1, 3, 2]))).toBe(2)
  })
  test.each([
    ['bigint', [10n ** 30n, -5n, 10n ** 20n], 10n ** 20n],
    ['int64', [new Int64(7n), new Int64(-7n), new Int64(0n)], new Int64(0n)],
    ['uint64', [new UInt64(9n), new UInt64(1n), new UInt64(5n)], new UInt64(5n)],
    ['time', [new Date(3000), new Date(1000), new Date(2000)], new Date(2000)],
  ])('orders %s values', (_name, observations, expected) => {
    expect(plain(conclude(rule, observations))).toEqual(expected)
  })
  test('compares decimals of different exponents by value', () => {
    const values = [new Decimal(15n, -1), new Decimal(2n, 0), new Decimal(1600n, -3)]
    expect(plain(conclude(rule, values))).toEqual(new Decimal(1600n, -3))
  })
  test('ignores the minority type', () => {
    expect(plain(conclude(rule, [1, 2, 'x', 3]))).toBe(2)
  })
  test('refuses what has no order', () => {
    expect(() => conclude(rule, ['a', 'b', 'c'])).toThrow('unsupported type for median aggregation: stringValue')
    expect(() => conclude(rule, [{ x: 1 }, { x: 2 }, { x: 3 }])).toThrow(
      'unsupported type for median aggregation: mapValue',
    )
  })
  test('refuses two types with f+1 values each', () => {
    expect(() => conclude(rule, [1, 2, 1n, 2n])).toThrow('multiple types')
  })
})

describe('consensus: by fields', () => {
  const rule = ConsensusAggregationByFields<{ amount: bigint; name: string; note: string }>({
    amount: () => median<bigint>(),
    name: () => identical<string>(),
    note: () => ignore<string>(),
  })
  const seen = (amount: bigint, name = 'bank') => ({ amount, name, note: 'private' })

  test('each field follows its own rule, an ignored one is gone', () => {
    expect(plain(conclude(rule, [seen(3n), seen(1n, 'liar'), seen(2n)]))).toEqual({ amount: 2n, name: 'bank' })
  })
  test('names the field that fails', () => {
    expect(() => conclude(rule, [seen(1n, 'a'), seen(2n, 'b'), seen(3n, 'c')])).toThrow("field failed 'name'")
  })
  test("a failed field takes the default's value", () => {
    const outcome = conclude(rule, [seen(1n, 'a'), seen(2n, 'b'), seen(3n, 'c')], { name: 'unknown' })
    expect(plain(outcome)).toEqual({ amount: 2n, name: 'unknown' })
  })
})

describe('consensus: lists', () => {
  const prefix = consensusCommonPrefixAggregation<string>()
  const suffix = consensusCommonSuffixAggregation<string>()
  const lists = [['a', 'b', 'c'], ['a', 'b', 'x'], ['a', 'z'], ['q']]

  test('the common prefix is what f+1 lists share from the start', () => {
    expect(plain(conclude(prefix, lists))).toEqual(['a', 'b'])
  })
  test('the common suffix is what f+1 lists share at the end', () => {
    expect(
      plain(
        conclude(
          suffix,
          lists.map((list) => list.toReversed()),
        ),
      ),
    ).toEqual(['b', 'a'])
  })
  test('two prefixes with f+1 lists each have nothing in common', () => {
    expect(plain(conclude(prefix, [['a'], ['a'], ['b'], ['b']]))).toEqual([])
  })
  test('fewer than f+1 lists fail', () => {
    expect(() => conclude(prefix, [['a'], 'b', 'c'])).toThrow('insufficient observations')
  })
  test('the frequency list is sorted by count, then by bytes', () => {
    const rule = consensusFrequencyListAggregation<string>()
    const outcome = conclude(rule, [['x'], ['y'], ['x'], ['a']])
    expect(plain(outcome)).toEqual([
      { value: ['x'], count: new Int64(2n) },
      { value: ['a'], count: new Int64(1n) },
      { value: ['y'], count: new Int64(1n) },
    ])
  })
})

describe('consensus: errors and rules', () => {
  const rule = consensusMedianAggregation<number>()

  test('one error of four is tolerated and named', () => {
    const outcome = conclude(rule, [1, new Error('down'), 2, 3])
    expect(plain(outcome)).toBe(2)
    expect(outcome.errors).toEqual([{ node: 'node-2', error: 'down' }])
  })
  test('f+1 errors fail the round and name the nodes', () => {
    expect(() => conclude(rule, [1, new Error('down'), 2, new Error('down')])).toThrow('down (node-2, node-4)')
  })
  test('f+1 errors take the default, when there is one', () => {
    expect(plain(conclude(rule, [1, new Error('down'), 2, new Error('down')], 7))).toBe(7)
  })
  test('a node with another rule is dropped and named', () => {
    const outcome = concludeSimple({
      f: F,
      contributions: [
        { node: 'node-1', inputs: inputsOf(consensusIdenticalAggregation<number>(), 99) },
        { node: 'node-2', inputs: inputsOf(rule, 1) },
        { node: 'node-3', inputs: inputsOf(rule, 2) },
        { node: 'node-4', inputs: inputsOf(rule, 3) },
      ],
    })
    expect(plain(outcome)).toBe(2)
    expect(outcome.dropped).toEqual(['node-1'])
  })
  test('without a common rule there is no outcome', () => {
    expect(() =>
      concludeSimple({
        f: F,
        contributions: [
          { node: 'node-1', inputs: inputsOf(rule, 1, 1) },
          { node: 'node-2', inputs: inputsOf(rule, 1, 2) },
          { node: 'node-3', inputs: inputsOf(rule, 1, 3) },
        ],
      }),
    ).toThrow('do not agree on the aggregation rule')
  })
})
