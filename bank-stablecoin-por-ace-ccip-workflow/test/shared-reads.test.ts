import { expect, test } from 'bun:test'
import { type Rpc, RpcUnavailable } from '../host/chain/rpc'
import { shareReads } from '../host/chain/shared-reads'

/** An endpoint that answers when it is told to, and what it was asked. */
function endpoint(): { rpc: Rpc; asked: string[]; answer: (outcome: unknown) => void } {
  const asked: string[] = []
  const waiting: { resolve: (value: unknown) => void; reject: (error: unknown) => void }[] = []
  const rpc: Rpc = (method) => {
    asked.push(method)
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  }
  const answer = (outcome: unknown) => {
    const next = waiting.shift()
    if (outcome instanceof Error) next?.reject(outcome)
    else next?.resolve(outcome)
  }
  return { rpc, asked, answer }
}

test('shared reads: equal ones under way are one question', async () => {
  const { rpc, asked, answer } = endpoint()
  const { rpc: shared } = shareReads(rpc)
  const first = [shared('eth_call', ['a']), shared('eth_call', ['a']), shared('eth_call', ['a'])]
  const other = shared('eth_call', ['b'])
  answer('0x1')
  answer('0x2')
  expect(await Promise.all(first)).toEqual(['0x1', '0x1', '0x1'])
  expect(await other).toBe('0x2')
  expect(asked).toHaveLength(2)
  const later = shared('eth_call', ['a'])
  answer('0x3')
  expect(await later).toBe('0x3')
})

test('shared reads: the newest block, until something moves', async () => {
  const { rpc, asked, answer } = endpoint()
  const { rpc: shared, forget } = shareReads(rpc)
  const newest = async (block?: string) => {
    const told = shared('eth_getBlockByNumber', ['latest', false])
    if (block !== undefined) answer(block)
    return told
  }
  expect(await newest('7')).toBe('7')
  expect(await newest()).toBe('7')
  expect(asked).toHaveLength(1)
  for (const method of ['eth_sendRawTransaction', 'eth_getTransactionReceipt']) {
    const moved = shared(method, ['t'])
    answer('moved')
    await moved
    expect(await newest('8')).toBe('8')
    expect(await newest()).toBe('8')
  }
  expect(asked).toHaveLength(5)
  forget()
  expect(await newest('9')).toBe('9')
  await Bun.sleep(600)
  expect(await newest('10')).toBe('10')
})

test('shared reads: no failure, and nothing that changes', async () => {
  const { rpc, asked, answer } = endpoint()
  const { rpc: shared } = shareReads(rpc)
  const [first, second] = [shared('eth_call', []), shared('eth_call', [])]
  answer(new RpcUnavailable('TIMED_OUT'))
  await expect(first).rejects.toThrow('TIMED_OUT')
  answer('0x1')
  expect(await second).toBe('0x1')
  const sent = [shared('eth_sendRawTransaction', ['t']), shared('eth_sendRawTransaction', ['t'])]
  answer('hash')
  answer('hash')
  await Promise.all(sent)
  expect(asked).toHaveLength(4)
})
