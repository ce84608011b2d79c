/** The tables of contracts/README.md against the tests of the contracts: cells hold as printed, tests that are named exist. */
import { expect, test } from 'bun:test'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { MAX_ORDERS } from '../workflow/orders/payload'
import { WORKFLOW_DIR } from './support/fixture'

const contracts = path.join(WORKFLOW_DIR, 'contracts')
const readme = readFileSync(path.join(contracts, 'README.md'), 'utf8')
const tests = new Map(
  readdirSync(path.join(contracts, 'test'))
    .filter((name) => name.endsWith('.t.sol'))
    .map((name) => [name.slice(0, -'.t.sol'.length), readFileSync(path.join(contracts, 'test', name), 'utf8')]),
)

/** The rows of the table under a heading, without its head. */
const tableUnder = (heading: string): string[][] => {
  const [, section = ''] = readme.split(`\n## ${heading}\n`)
  const [, table = ''] = section.split(/\n\|[-|]+\|\n/)
  return (table.split('\n\n')[0] ?? '').split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const COLUMNS = ['MINT_PAUSE', 'TRANSFER_PAUSE', 'FREEZE_OF_SENDER', 'FREEZE_OF_RECEIVER', 'BLOCK']

test("contracts' README: each cell of the controls is proven", () => {
  const printed = tableUnder('Pauses, freezes, blocks').flatMap(([row = '', ...cells]) =>
    cells.map((cell, at) => {
      expect(cell).toMatch(/^(✓|no)/)
      return `Row.${row.split(',')[0]?.toUpperCase()}, Column.${COLUMNS[at]}, ${cell.startsWith('✓')}`
    }),
  )
  const proven = [...(tests.get('Controls') ?? '').matchAll(/ _assertCell\((.*)\);/g)].map(([, cell]) => cell)
  expect(printed).toHaveLength(45)
  expect(proven.sort()).toEqual(printed.sort())
})

test("contracts' README: each test that the attacks name is there", () => {
  let named = 0
  for (const [attack = '', , cell = ''] of tableUnder('Attacks')) {
    let suite = 'Invariants'
    for (const [, word = ''] of cell.matchAll(/`([^`]+)`/g)) {
      if (!word.startsWith('test')) {
        suite = word
        continue
      }
      if (word.includes('/')) continue
      named++
      expect(tests.get(suite) ?? '', `${attack}: ${word} in ${suite}`).toContain(`function ${word}(`)
    }
  }
  expect(named).toBeGreaterThan(100)
})

const snapshot: Record<string, string> = JSON.parse(
  readFileSync(path.join(contracts, 'snapshots', 'GasTest.json'), 'utf8'),
)
/** What the rows of the gas table are measured as. */
const MEASURED = [
  ['mint, known account'],
  [10, 20, 50].map((count) => `mint, batch of ${count} known accounts`),
  ['mint, first of an account'],
  ['mint, first of an account, with whitelist'],
  [10, 20, 50].map((count) => `mint, batch of ${count} new accounts`),
  ['batch of 20 known accounts, last frozen', 'batch of 20 known accounts, one in the middle blacklisted'],
  ['batch of 20 known accounts, first frozen'],
  ['batch of 20 beyond the reserves'],
  ['refusal by the identity policy'],
  ['attestation'],
  ['transfer', 'transfer, to a new holder'],
  ['request', 'accept', 'settle', 'return'].map((step) => `redemption, ${step}`),
  ['createBasket'],
]
const gas = (name: string) => Number(snapshot[name])
const thousands = (name: string) => `${String(Math.round(gas(name) / 1000)).replace(/(?<=\d)(?=(\d{3})+$)/g, ' ')}`

test("contracts' README: the gas is what was measured", () => {
  const printed = tableUnder('Gas').map(([, cell = '']) => cell)
  expect(printed).toEqual(MEASURED.map((names) => names.map((name) => `${thousands(name)} k`).join(' · ')))
  const [known, fresh] = [gas('mints in 5M gas, known accounts'), gas('mints in 5M gas, new accounts')]
  expect(readme.replaceAll('\n', ' ')).toMatch(
    new RegExp(`5 000 000 gas are the narrower limit, at ${known} orders for known accounts and ${fresh} for new ones`),
  )
})

test('gas: targets are met, and a refusal makes no batch dearer', () => {
  const twenty = gas('mint, batch of 20 known accounts')
  expect(gas('mint, known account')).toBeLessThanOrEqual(455_000)
  expect(twenty).toBeLessThanOrEqual(20 * 162_000)
  expect(gas('batch of 20 beyond the reserves')).toBeLessThanOrEqual(350_000)
  expect(gas('createBasket')).toBeLessThanOrEqual(9_000_000)
  for (const refused of ['last frozen', 'one in the middle blacklisted']) {
    expect(gas(`batch of 20 known accounts, ${refused}`)).toBeLessThanOrEqual(twenty)
  }
  // Before the first mint what a refusal had warmed is cold again.
  expect(gas('batch of 20 known accounts, first frozen')).toBeLessThanOrEqual(twenty + twenty / 20)
})

test('orders: both bounds follow what was measured', () => {
  // 461 bytes of header and fixed fields, 128 for each order; `Batch.t.sol` measures them.
  expect(Math.floor((5_000 - 461) / 128)).toBe(MAX_ORDERS)
  expect(readme).toContain(`The 5 000 bytes of a report hold ${MAX_ORDERS} orders`)
  expect(gas('mints in 5M gas, known accounts')).toBeLessThan(MAX_ORDERS)
  const consumer = readFileSync(path.join(contracts, 'src', 'MintingConsumerWithACE.sol'), 'utf8')
  const [, bound] = /MAX_ORDERS = (\d+);/.exec(consumer) ?? []
  expect(Number(bound)).toBeGreaterThanOrEqual(MAX_ORDERS)
  const example = readFileSync(path.join(WORKFLOW_DIR, '..', '.env.example'), 'utf8')
  expect(example).toContain(`(up to ${MAX_ORDERS}; what has no gas`)
  expect(example).toContain(`#BATCH_MAX=${gas('mints in 5M gas, new accounts')}\n`)
})
