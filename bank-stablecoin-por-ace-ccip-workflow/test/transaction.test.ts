/** What becomes of a transaction that is not mined: on an Anvil that mines only when it is told to. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { type Hex, parseTransaction } from 'viem'
import { createDeliveryMemory } from '../host/chain/delivery-memory'
import { askFees, replacementFees } from '../host/chain/fees'
import { RpcRefused, RpcUnavailable } from '../host/chain/rpc'
import {
  type Draft,
  type Sending,
  type SendingTimes,
  type Transmitter,
  prepareTransaction,
  sendTransaction,
} from '../host/chain/transaction'
import { ACCOUNTS } from './support/fixture'
import { transmitterAt } from './support/keys'
import { openChainStage } from './support/stage'

/** Only what a test waits for may pass; the rest is long. */
const TIMES: SendingTimes = { leftoverMillis: 60_000, replaceMillis: 60_000, timeoutMillis: 60_000 }

const { chain, donFile, don } = await openChainStage({ mining: false })
let slot = 0
let calls = 0
let transmitter: Transmitter

beforeEach(() => {
  transmitter = transmitterAt({ donFile, don, slot: slot++ % 8 })
})

type Replacement = Parameters<Sending['onReplaced']>[0]

/** Starts a sending; `sent`, `replaced` and `leftover` fill up, and `news` resolves at the first of a kind. */
function send(times: Partial<SendingTimes> = {}, over = new AbortController(), rest: Partial<Sending> = {}) {
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
    ...rest,
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
    expect(sending.replaced.map((entry) => entry.new)).toContain(mined?.hash as Hex)
    expect((await transaction(mined?.hash as Hex))?.blockNumber).not.toBeNull()
    expect(mined?.status).toBe('success')
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
    expect((await outcome)?.hash).toBe(first as Hex)
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
    expect((await sending.outcome)?.hash).toBe(sending.sent[0] as Hex)
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
    const call = {
      from: transmitter.address,
      to: ACCOUNTS.beneficiary,
      gas: '0x5208',
      nonce: `0x${nonce.toString(16)}`,
    }
    const left = await chain.rpc('eth_sendTransaction', [{ ...call, ...fees }])
    const sending = send({ leftoverMillis: 20 })
    await expect(sending.outcome).rejects.toThrow('offers too much')
    expect(sending.sent).toEqual([])
    await mine()
    expect((await transaction(left as Hex))?.blockNumber).not.toBeNull()
  })
})

/** An endpoint that speaks of transactions in words that nobody has heard before; `change` decides what else it does. */
function withRpc(
  change: (ask: () => Promise<unknown>, count: number, args: unknown[], method: string) => Promise<unknown>,
): Partial<Sending> {
  let count = 0
  return {
    rpc: async (method, args) => {
      const ask = () => chain.rpc(method, args)
      return method === 'eth_sendRawTransaction' ? change(ask, ++count, args, method) : ask()
    },
  }
}
const gibberish = () => new RpcRefused('lorem ipsum dolor', -32099, '')

describe('transaction: an endpoint whose words mean nothing', () => {
  test('took it, though it says no', async () => {
    const sending = send(
      {},
      undefined,
      withRpc(async (ask) => {
        await ask()
        throw gibberish()
      }),
    )
    await sending.news.sent.promise
    await mine()
    expect((await sending.outcome)?.hash).toBe(sending.sent[0] as Hex)
  })

  test('did not answer, and says no when it is asked again', async () => {
    const sending = send(
      {},
      undefined,
      withRpc(async (ask, count) => {
        if (count > 1) throw gibberish()
        await ask()
        throw new RpcUnavailable('TIMED_OUT')
      }),
    )
    await sending.news.sent.promise
    await mine()
    expect((await sending.outcome)?.hash).toBe(sending.sent[0] as Hex)
  })

  test('means that the nonce is used up', async () => {
    const refused: string[] = []
    let stale: Hex | undefined
    const sending = send({}, undefined, {
      ...withRpc(async (ask, count) => {
        if (count > 1) return ask()
        // Another process sends with this nonce, and is mined, a moment before.
        const other = send()
        await other.news.sent.promise
        await mine()
        stale = other.sent[0]
        throw gibberish()
      }),
      onRefused: ({ seen }) => refused.push(seen),
    })
    await sending.news.sent.promise
    await mine()
    expect(refused).toEqual(['stale'])
    expect((await sending.outcome)?.hash).toBe(sending.sent[0] as Hex)
    expect(stale).not.toBe(sending.sent[0] as Hex)
  })

  test('means that a leftover offers as much', async () => {
    await leaveBehind()
    const offers: bigint[] = []
    const sending = send(
      { leftoverMillis: 20 },
      undefined,
      withRpc(async (ask, _count, args) => {
        offers.push(parseTransaction(args[0] as Hex).maxFeePerGas ?? 0n)
        return ask().catch(() => {
          throw gibberish()
        })
      }),
    )
    await sending.news.sent.promise
    await mine()
    expect((await sending.outcome)?.status).toBe('success')
    expect(offers.length).toBeGreaterThan(1)
    expect(offers[1]).toBeGreaterThan(offers[0] as bigint)
  })

  test('takes nothing: a few tries, then its own sentence', async () => {
    const refused: string[] = []
    const sending = send({ replaceMillis: 20 }, undefined, {
      ...withRpc(async () => Promise.reject(gibberish())),
      onRefused: ({ seen }) => refused.push(seen),
    })
    await expect(sending.outcome).rejects.toThrow(/^the endpoint takes no transaction of 0x[0-9a-fA-F]{40}$/)
    expect(refused).toEqual(['nothing', 'nothing', 'nothing', 'nothing'])
  })

  test('takes nothing, and sends it on all the same', async () => {
    const hidden: Partial<Sending> = {
      rpc: async (method, args) => {
        if (method === 'eth_getTransactionByHash') return null
        if (method === 'eth_getTransactionCount') return chain.rpc(method, [args[0], 'latest'])
        if (method !== 'eth_sendRawTransaction') return chain.rpc(method, args)
        await chain.rpc(method, args).catch(() => undefined)
        await mine()
        throw gibberish()
      },
    }
    const sending = send({}, undefined, hidden)
    expect((await sending.outcome)?.status).toBe('success')
  })

  test('is not asked for more once somebody else has done it', async () => {
    const sending = send({}, undefined, {
      ...withRpc(async () => Promise.reject(gibberish())),
      isSettled: async () => true,
    })
    expect(await sending.outcome).toBeUndefined()
    expect(sending.sent).toEqual([])
  })

  test('is unavailable for a while: the transaction waits', async () => {
    let down = 6
    const sending = send({}, undefined, {
      rpc: async (method, args) => {
        if (down > 0 && method !== 'evm_mine' && down--) throw new RpcUnavailable('RATE_LIMITED')
        return chain.rpc(method, args)
      },
    })
    await sending.news.sent.promise
    await mine()
    expect((await sending.outcome)?.status).toBe('success')
  })

  test('has neither tips nor pending transactions', async () => {
    const sending = send({}, undefined, {
      rpc: async (method, args) => {
        if (method === 'eth_maxPriorityFeePerGas' || args[1] === 'pending') throw gibberish()
        return chain.rpc(method, args)
      },
    })
    await sending.news.sent.promise
    await mine()
    expect((await sending.outcome)?.status).toBe('success')
  })
})

describe('transaction: after another of its key', () => {
  const memory = createDeliveryMemory()
  async function delivered(before?: () => Promise<unknown>): Promise<string[]> {
    const asked: string[] = []
    const rpc: Sending['rpc'] = (method, args) => {
      if (method === 'eth_getTransactionCount') asked.push(String(args[1]))
      return chain.rpc(method, args)
    }
    await before?.()
    const sending = send({ leftoverMillis: 1 }, undefined, { rpc, memory })
    await sending.news.sent.promise
    await mine()
    expect((await sending.outcome)?.status).toBe('success')
    return asked
  }

  test('one question tells its nonce, unless something waits', async () => {
    expect((await delivered()).toSorted()).toEqual(['latest', 'pending'])
    expect(await delivered()).toEqual(['pending'])
    const found = await delivered(leaveBehind)
    expect(found.slice(0, 3).toSorted()).toEqual(['latest', 'pending', 'pending'])
    expect(await delivered()).toEqual(['pending'])
  })

  test('its receipt is first looked for when it may be there', () => {
    const [address, nonce] = [transmitter.address, 0]
    const learning = createDeliveryMemory()
    expect(learning.waitMillis()).toBe(0)
    learning.mined({ address, nonce, millis: 20, questions: 4 })
    expect(learning.waitMillis()).toBe(20)
    learning.mined({ address, nonce, millis: 25, questions: 1 })
    expect(learning.waitMillis()).toBe(15)
    learning.mined({ address, nonce, millis: 9_000, questions: 12 })
    expect(learning.waitMillis()).toBe(50)
  })
})

describe('transaction: prepared while it is looked up', () => {
  /** Sends a call that was prepared, with what `meanwhile` does before; tells how often the key signed. */
  async function prepared(meanwhile: () => Promise<unknown>): Promise<{ signed: number; nonces: number }> {
    const memory = createDeliveryMemory()
    const [nonce, fees] = [await nonceOf('latest'), await askFees(chain.rpc)]
    memory.mined({ address: transmitter.address, nonce: nonce - 1, millis: 1, questions: 1 })
    let signed = 0
    const sign: Transmitter['sign'] = (call) => {
      signed++
      return transmitter.sign(call)
    }
    const draft: Draft = {
      ...{ rpc: chain.rpc, transmitter: { ...transmitter, sign }, chainId: 31337, to: ACCOUNTS.beneficiary },
      ...{ data: '0x', gas: 100_000n, funds: { fees, balance: 0n, askedAt: performance.now() }, memory },
    }
    const early = prepareTransaction(draft)
    expect(await early?.isNext).toBe(true)
    await meanwhile()
    const sending = send({ leftoverMillis: 1 }, undefined, { ...draft, prepared: early })
    await sending.news.sent.promise
    await mine()
    expect((await sending.outcome)?.status).toBe('success')
    return { signed, nonces: (await nonceOf('latest')) - nonce }
  }

  test('is signed once', async () => {
    expect(await prepared(() => Promise.resolve())).toEqual({ signed: 1, nonces: 1 })
  })

  test('is signed anew when another has used its nonce', async () => {
    const another = async () => {
      const sending = send()
      await sending.news.sent.promise
      await mine()
      await sending.outcome
    }
    expect(await prepared(another)).toEqual({ signed: 2, nonces: 2 })
  })

  test('is no more than sent where nothing is known of its key', () => {
    const draft = { rpc: chain.rpc, transmitter, chainId: 31337, to: ACCOUNTS.beneficiary, gas: 1n } as const
    expect(prepareTransaction({ ...draft, data: '0x', memory: createDeliveryMemory() })).toBeUndefined()
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
