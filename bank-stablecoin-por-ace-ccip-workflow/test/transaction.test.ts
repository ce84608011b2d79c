/** What becomes of a transaction that is not mined: on an Anvil that mines only when it is told to. */
import { beforeEach, describe, expect, test } from 'bun:test'
import type { Hex } from 'viem'
import { readTransmitter } from '../host/don/don-file'
import { replacementFees } from '../host/chain/fees'
import { type Sending, type SendingTimes, type Transmitter, sendTransaction } from '../host/chain/transaction'
import { ACCOUNTS } from './support/fixture'
import { openChainStage } from './support/stage'

/** Only what a test waits for may pass; the rest is long. */
const TIMES: SendingTimes = { leftoverMillis: 60_000, replaceMillis: 60_000, timeoutMillis: 60_000 }

const { chain, donFile, don } = await openChainStage({ mining: false })
let slot = 0
let calls = 0
let transmitter: Transmitter

beforeEach(() => {
  transmitter = readTransmitter({ donFile, don, slot: slot++ % 8 })
})

type Replacement = Parameters<Sending['onReplaced']>[0]

/** Starts a sending; `sent`, `replaced` and `leftover` fill up, and `news` resolves at the first of a kind. */
function send(times: Partial<SendingTimes> = {}, over = new AbortController()) {
  const sent: Hex[] = []
  const replaced: Replacement[] = []
  const leftover: { nonce: number; pending: number }[] = []
  const news = { sent: Promise.withResolvers<void>(), replaced: Promise.withResolvers<void>() }
  const outcome = sendTransaction({
    rpc: chain.rpc,
    transmitter,
    chainId: 31337,
    to: ACCOUNTS.beneficiary,
    data: `0x${(++calls).toString(16).padStart(4, '0')}`,
    gas: 100_000n,
    times: { ...TIMES, ...times },
    over: over.signal,
    onSent: (hash) => {
      sent.push(hash)
      news.sent.resolve()
    },
    onReplaced: (replacement) => {
      replaced.push(replacement)
      news.replaced.resolve()
    },
    onLeftover: (found) => leftover.push(found),
  })
  outcome.catch(() => undefined)
  return { outcome, sent, replaced, leftover, news, over }
}

const mine = () => chain.rpc('evm_mine', [])
type Pooled = { nonce: Hex; maxFeePerGas: Hex; maxPriorityFeePerGas: Hex; blockNumber: Hex | null }
const transaction = async (hash: Hex) => (await chain.rpc('eth_getTransactionByHash', [hash])) as Pooled | null
const nonceOf = async (tag: string) =>
  Number((await chain.rpc('eth_getTransactionCount', [transmitter.address, tag])) as Hex)

/** A sending that was killed before its transaction was mined. */
async function leaveBehind(): Promise<Hex> {
  const killed = send()
  await killed.news.sent.promise
  killed.over.abort(new Error('killed'))
  await expect(killed.outcome).rejects.toThrow('killed')
  return killed.sent[0] as Hex
}

describe('transaction: not mined in time', () => {
  test('is replaced at the same nonce with an eighth more fees', async () => {
    const sending = send({ replaceMillis: 50 })
    await sending.news.replaced.promise
    const [replacement] = sending.replaced
    expect(replacement?.old).toBe(sending.sent[0] as Hex)
    const pooled = (await transaction(replacement?.new as Hex)) as Pooled
    expect(BigInt(pooled.maxFeePerGas)).toBe(replacement?.maxFeePerGas as bigint)
    expect(Number(pooled.nonce)).toBe(await nonceOf('latest'))
    expect(await nonceOf('pending')).toBe((await nonceOf('latest')) + 1)
    await mine()
    const mined = await sending.outcome
    expect(sending.replaced.map((entry) => entry.new)).toContain(mined.hash)
    expect((await transaction(mined.hash))?.blockNumber).not.toBeNull()
    expect(mined.status).toBe('success')
  })

  test('is replaced three times at most, then ends with its hash', async () => {
    const sending = send({ replaceMillis: 20, timeoutMillis: 1_000 })
    await expect(sending.outcome).rejects.toThrow('was sent but has no receipt after 1000 ms')
    expect(sending.replaced).toHaveLength(3)
    expect(sending.sent).toHaveLength(1)
    const offers = sending.replaced.map(({ maxFeePerGas }) => maxFeePerGas)
    for (const [index, offer] of offers.slice(1).entries()) {
      expect(offer * 1000n >= (offers[index] as bigint) * 1125n).toBe(true)
    }
  })

  test('counts when it is mined after all, though replaced', async () => {
    // The replacement never reaches this endpoint, as when it and the miner look at different pools.
    const lost: Hex[] = []
    const { rpc } = chain
    const deaf: typeof rpc = async (method, args) => {
      if (method !== 'eth_sendRawTransaction' || lost.push(args[0] as Hex) === 1) return rpc(method, args)
      return `0x${'0'.repeat(64)}`
    }
    const replaced = Promise.withResolvers<Replacement>()
    let first: Hex | undefined
    const outcome = sendTransaction({
      ...{ rpc: deaf, transmitter, chainId: 31337, to: ACCOUNTS.beneficiary, data: '0x', gas: 100_000n },
      times: { ...TIMES, replaceMillis: 50 },
      over: new AbortController().signal,
      onSent: (hash) => (first = hash),
      onReplaced: replaced.resolve,
      onLeftover: () => undefined,
    })
    expect((await replaced.promise).old).toBe(first as Hex)
    await mine()
    expect((await outcome).hash).toBe(first as Hex)
  })

  test('is given up when the run is over', async () => {
    const sending = send()
    await sending.news.sent.promise
    sending.over.abort(new Error('the run is over'))
    await expect(sending.outcome).rejects.toThrow('the run is over')
  })
})

describe('transaction: left in the pool by a killed run', () => {
  test('is replaced at the latest nonce when not mined in time', async () => {
    const left = await leaveBehind()
    const nonce = await nonceOf('latest')
    const sending = send({ leftoverMillis: 50 })
    await sending.news.sent.promise
    expect(sending.leftover).toEqual([{ nonce, pending: nonce + 1 }])
    expect(Number((await transaction(sending.sent[0] as Hex))?.nonce)).toBe(nonce)
    await mine()
    expect((await sending.outcome).hash).toBe(sending.sent[0] as Hex)
    expect(await transaction(left)).toBeNull()
    expect(await nonceOf('pending')).toBe(nonce + 1)
  })

  test('is left alone when it is mined in time', async () => {
    const left = await leaveBehind()
    const sending = send()
    await mine()
    await sending.news.sent.promise
    await mine()
    await sending.outcome
    expect(sending.leftover).toEqual([])
    expect((await transaction(left))?.blockNumber).not.toBeNull()
  })

  test('is not outbid when it offers ten times what is asked', async () => {
    const nonce = await nonceOf('latest')
    await chain.rpc('anvil_impersonateAccount', [transmitter.address])
    const fees = { maxFeePerGas: '0x174876e80000', maxPriorityFeePerGas: '0x174876e80000' }
    const call = { from: transmitter.address, to: ACCOUNTS.beneficiary, gas: '0x5208', nonce: `0x${nonce.toString(16)}` }
    const left = await chain.rpc('eth_sendTransaction', [{ ...call, ...fees }])
    const sending = send({ leftoverMillis: 20 })
    await expect(sending.outcome).rejects.toThrow('offers too much')
    expect(sending.sent).toEqual([])
    await mine()
    expect((await transaction(left as Hex))?.blockNumber).not.toBeNull()
  })
})

describe('replacement fees', () => {
  const fees = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint) => ({ maxFeePerGas, maxPriorityFeePerGas })
  test('are an eighth more, rounded up', () => {
    const next = replacementFees({ earlier: fees(1001n, 1n), asked: fees(500n, 1n), underpriced: false })
    expect(next).toEqual(fees(1127n, 2n))
  })
  test('are more when the node said that this was not enough', () => {
    const next = replacementFees({ earlier: fees(1000n, 10n), asked: fees(500n, 1n), underpriced: true })
    expect(next).toEqual(fees(1300n, 13n))
  })
  test('are what the chain asks for, when that is more', () => {
    const next = replacementFees({ earlier: fees(1000n, 10n), asked: fees(9000n, 50n), underpriced: false })
    expect(next).toEqual(fees(9000n, 50n))
  })
  test('end at ten times what the chain asks for', () => {
    const asked = fees(100n, 1n)
    expect(replacementFees({ earlier: fees(800n, 1n), asked, underpriced: false })).toEqual(fees(900n, 2n))
    expect(replacementFees({ earlier: fees(900n, 1n), asked, underpriced: false })).toBeUndefined()
  })
})
