import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { decodeFunctionData, encodeFunctionData } from 'viem'
import { creationCall } from '../src/pages/baskets/creation-call'
import { noTerms, termsFaults, termsOf } from '../src/pages/baskets/terms'

const abiFile = '../../bank-stablecoin-por-ace-ccip-workflow/contracts/abi/BasketFactory.json'
const abi = JSON.parse(readFileSync(new URL(abiFile, import.meta.url), 'utf8'))
const admin = '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd'

/** A call as the contract reads it. */
const read = (call: ReturnType<typeof creationCall>) =>
  decodeFunctionData({ abi, data: encodeFunctionData({ ...call, abi: call.abi as never } as never) })

test("terms: none are the factory's own, all are given to it", () => {
  expect(termsFaults(noTerms)).toEqual({})
  expect(read(creationCall('Euro', 'EUR', admin, termsOf(noTerms)))).toEqual({
    functionName: 'createBasket',
    args: ['Euro', 'EUR', admin],
  })
  const draft = { decimals: '6', cap: '5000000.5', hours: '720' }
  expect(termsFaults(draft)).toEqual({})
  const terms = { decimals: 6, capPerWindow: 5_000_000_500_000n, windowSeconds: 30 * 86_400 }
  expect(read(creationCall('Euro', 'EUR', admin, termsOf(draft)))).toEqual({
    functionName: 'createBasketWithTerms',
    args: ['Euro', 'EUR', admin, terms],
  })
})

test('terms: what the factory would refuse is told at its field', () => {
  const good = { decimals: '2', cap: '1', hours: '1' }
  expect(termsFaults(good)).toEqual({})
  const most = ((2n ** 96n - 1n) / 100n).toString()
  expect(termsFaults({ ...good, cap: `${most}.35` })).toEqual({})
  const wrong = [
    ['decimals', ''],
    ['decimals', '19'],
    ['decimals', '1.5'],
    ['decimals', '-1'],
    ['cap', ''],
    ['cap', '0'],
    ['cap', '0.001'],
    ['cap', `${most}.36`],
    ['hours', ''],
    ['hours', '0'],
    ['hours', '721'],
    ['hours', '0.5'],
  ] as const
  for (const [field, text] of wrong) {
    expect(Object.keys(termsFaults({ ...good, [field]: text })), `${field} ${text}`).toEqual([field])
  }
})
