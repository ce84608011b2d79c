/** More baskets than the one that the chain begins with, and a gateway that follows them. */
import { type Address, type Hex, decodeFunctionResult, encodeFunctionData, parseAbi } from 'viem'
import { localChain } from '../../lib/local-chain'
import type { Rpc } from '../../lib/rpc'
import type { Environment } from './environment'

const factoryAbi = parseAbi([
  'function createBasket(string name, string symbol, address admin) returns (address, address)',
  'function baskets(uint256 offset, uint256 limit) view returns ((address stablecoin, address mintingConsumer, address[13] more)[])',
])
const basketCreationGas = 15_000_000

export interface Basket {
  stablecoin: Address
  mintingConsumer: Address
}

/** The first basket, and so many more that there are `count`. */
export async function createBaskets(rpc: Rpc, { deployment }: Environment, count: number): Promise<Basket[]> {
  const admin = localChain.basketAdmin
  for (let made = 1; made < count; made++) {
    const data = encodeFunctionData({
      abi: factoryAbi,
      functionName: 'createBasket',
      args: [`Bench Dollar ${made}`, `BD${made}`, admin],
    })
    const gas = `0x${basketCreationGas.toString(16)}`
    await rpc.call('eth_sendTransaction', [{ from: admin, to: deployment.basketFactory, data, gas }])
  }
  const data = encodeFunctionData({ abi: factoryAbi, functionName: 'baskets', args: [0n, BigInt(count)] })
  for (let left = 200; ; left--) {
    const answer = await rpc.call<Hex>('eth_call', [{ to: deployment.basketFactory, data }, 'latest'])
    const found = decodeFunctionResult({ abi: factoryAbi, functionName: 'baskets', data: answer })
    if (found.length === count) return found.map(({ stablecoin, mintingConsumer }) => ({ stablecoin, mintingConsumer }))
    if (left === 0) throw new Error(`there are ${found.length} baskets, not ${count}`)
    await Bun.sleep(50)
  }
}

/** A basket with a name is followed. */
export async function nameBaskets(url: string, baskets: Basket[]): Promise<void> {
  for (const [index, { stablecoin, mintingConsumer }] of baskets.entries()) {
    const body = JSON.stringify({
      name: `bench-${index}`,
      stablecoinAddress: stablecoin,
      mintingConsumerAddress: mintingConsumer,
    })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/baskets`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`a basket could not be named: ${await answer.text()}`)
  }
}

/** Mines so many blocks, and waits until no mint waits for finality any more. */
export async function finalize(rpc: Rpc, url: string, blocks: number): Promise<void> {
  await rpc.call('anvil_mine', [`0x${blocks.toString(16)}`])
  for (let left = 120; ; left--) {
    const list = (await (await fetch(`${url}/mints?status=minted`)).json()) as { mints: unknown[] }
    if (list.mints.length === 0) return
    if (left === 0) throw new Error('the first mints do not become final')
    await Bun.sleep(500)
  }
}
