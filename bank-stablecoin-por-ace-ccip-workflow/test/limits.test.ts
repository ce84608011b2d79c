/** limits.json: every key is a quota that a run keeps to, or is listed with the reason why not. */
import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { KEYS, LIMITS_DATE, NOT_ENFORCED, PRODUCTION_LIMITS, parseLimits } from '../host/base/limits'
import { fastestInterval } from '../host/run/schedule'
import file from '../limits.json'

type Tree = { [key: string]: string | Tree }

const keysOf = (tree: Tree, prefix = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`),
  )

/** Where a run, or a guest, meets its quotas. */
const MET_IN = ['capabilities.test.ts', 'sabotage.test.ts']

describe('limits.json', () => {
  test('has no quota that no run of the tests meets', () => {
    const tests = MET_IN.map((name) => readFileSync(path.join(import.meta.dir, name), 'utf8')).join('\n')
    expect(Object.keys(PRODUCTION_LIMITS).filter((quota) => !tests.includes(quota))).toEqual([])
  })
  test('has each key enforced or listed, and none of them twice', () => {
    const known = [...Object.values(KEYS), ...Object.keys(NOT_ENFORCED)]
    expect(keysOf(file).sort()).toEqual(known.sort())
    expect(LIMITS_DATE).toMatch(/^20\d\d-\d\d-\d\d$/)
  })
  test.each(Object.entries(KEYS))('says %s by its key %s', (quota, key) => {
    const changed = structuredClone(file) as Tree
    const names = key.split('.')
    const last = names.pop() ?? ''
    const owner = names.reduce((inner, name) => inner[name] as Tree, changed)
    owner[last] = '7'
    const limits = parseLimits(changed)
    expect({ ...limits, [quota]: undefined }).toEqual({ ...PRODUCTION_LIMITS, [quota]: undefined } as never)
    expect(Number(limits[quota as keyof typeof limits])).toBe(7)
    delete owner[last]
    expect(() => parseLimits(changed)).toThrow(`limits.json: ${key} is no quantity`)
  })
  test('has sizes in thousands and times in the form of Go', () => {
    const { httpCacheAgeMillis, cronMillis, resultBytes, guestMemoryBytes, evmGas } = PRODUCTION_LIMITS
    expect([httpCacheAgeMillis, cronMillis, resultBytes, guestMemoryBytes, evmGas]).toEqual([
      ...[600_000, 30_000, 100_000, 100_000_000],
      5_000_000n,
    ])
  })
})

test.each([
  ['0 */15 * * * *', 60],
  ['*/15 * * * *', 60],
  ['*/30 * * * * *', 30],
  ['0,29 * * * * *', 29],
  ['5,50 * * * * *', 15],
  ['* * * * * *', 1],
  ['TZ=Europe/Berlin 0/20 * * * * *', 20],
  ['10-12 0 * * * *', 1],
])('schedule: %s fires every %d seconds at most', (schedule, seconds) => {
  expect(fastestInterval(schedule)).toBe(seconds * 1_000)
})
