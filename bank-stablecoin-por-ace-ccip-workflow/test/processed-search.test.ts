/** The search for an earlier transmission at endpoints that answer about few blocks at once. */
import { expect, test } from 'bun:test'
import { pad, toHex } from 'viem'
import { findProcessed } from '../host/chain/forwarder'
import { type Rpc, RpcRefused } from '../host/chain/rpc'

const id = { receiver: pad('0x1', { size: 20 }), executionId: pad('0x2', { size: 32 }), reportId: 1 }
const forwarder = pad('0x3', { size: 20 })

/** An endpoint at block 12 000 with one transmission, which takes `most` blocks at once. */
function endpoint(params: { most: bigint; block: bigint }): { rpc: Rpc; asked: bigint[] } {
  const asked: bigint[] = []
  const rpc: Rpc = async (method, args) => {
    if (method === 'eth_blockNumber') return toHex(12_000)
    const { fromBlock, toBlock } = args[0] as { fromBlock: string; toBlock: string }
    const [from, to] = [BigInt(fromBlock), BigInt(toBlock)]
    asked.push(to - from + 1n)
    if (to - from >= params.most) throw new RpcRefused('You can make eth_getLogs requests with up to …', -32_600, '')
    const log = { address: forwarder, topics: [], data: pad('0x1'), transactionHash: pad('0x4') }
    return from <= params.block && params.block <= to ? [log] : []
  }
  return { rpc, asked }
}

test('log ranges: an endpoint that takes all is asked once', async () => {
  const { rpc, asked } = endpoint({ most: 100_000n, block: 2_500n })
  expect(await findProcessed({ rpc, forwarder, id, result: true })).toBe(pad('0x4'))
  expect(asked).toEqual([10_001n])
})

test('log ranges: one that takes ten is asked in halves', async () => {
  const { rpc, asked } = endpoint({ most: 10n, block: 11_950n })
  expect(await findProcessed({ rpc, forwarder, id, result: true })).toBe(pad('0x4'))
  expect(asked.length).toBeLessThan(30)
})

test('log ranges: what is not there is not found', async () => {
  expect(
    await findProcessed({ rpc: endpoint({ most: 1_000n, block: 1n }).rpc, forwarder, id, result: true }),
  ).toBeUndefined()
})
