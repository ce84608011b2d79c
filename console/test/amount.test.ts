import { describe, expect, test } from 'bun:test'
import { amountFault, decimal, exact, grouped, share } from '../src/base/amount'

test('amount: thousands are grouped, decimals are left alone', () => {
  const written = [
    '0',
    '999',
    '1000',
    '1234567.5',
    '1234.5678',
    '-1234567',
    '115792089237316195423570985008687907853.1',
  ]
  expect(written.map(grouped)).toEqual([
    '0',
    '999',
    '1,000',
    '1,234,567.5',
    '1,234.5678',
    '-1,234,567',
    '115,792,089,237,316,195,423,570,985,008,687,907,853.1',
  ])
})

describe('amount: exact', () => {
  test('amounts of whatever decimals compare and add', () => {
    expect(exact('1.5')).toBe(exact('1.50'))
    expect(exact('0.000000000000000001') > 0n).toBe(true)
    expect(decimal(exact('0.1') + exact('0.2'))).toBe('0.3')
    expect(exact('9007199254740993') - exact('9007199254740992')).toBe(exact('1'))
  })
  test.each(['0', '1', '0.5', '-0.25', '-12', '1000000.000000000000000001'])(
    '%s is written as it was read',
    (amount) => {
      expect(decimal(exact(amount))).toBe(amount)
    },
  )
})

test('amount: a share is between nothing and all, and nothing of nothing', () => {
  expect(share('25', '100')).toBe(0.25)
  expect(share('1', '3')).toBeCloseTo(1 / 3, 5)
  expect(share('150', '100')).toBe(1)
  expect(share('-1', '100')).toBe(0)
  expect(share('1', '0')).toBe(0)
})

describe('amount: what somebody types', () => {
  test.each(['1', '1000', '0.5', '1.000001'])('%s is taken', (text) => {
    expect(amountFault(text, 6)).toBeUndefined()
  })
  test.each([
    ['', 'Enter an amount.'],
    ['1,000', 'Write digits, and a point before decimals: 1000 or 0.5.'],
    ['-1', 'Write digits, and a point before decimals: 1000 or 0.5.'],
    ['1e3', 'Write digits, and a point before decimals: 1000 or 0.5.'],
    ['.5', 'Write digits, and a point before decimals: 1000 or 0.5.'],
    ['1.', 'Write digits, and a point before decimals: 1000 or 0.5.'],
    ['0.0000001', 'The token has 6 decimals.'],
    ['0', 'The amount must be more than zero.'],
    ['0.000000', 'The amount must be more than zero.'],
  ])('"%s": %s', (text, fault) => {
    expect(amountFault(text, 6)).toBe(fault)
  })
})
