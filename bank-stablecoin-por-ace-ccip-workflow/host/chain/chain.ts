// Describes a chain the DON works on, and checks that its endpoint and its forwarder are what they should be.
import { type Address, type Hex, decodeFunctionResult, encodeFunctionData } from 'viem'
import { HostError } from '../base/errors'
import { forwarderAbi } from './forwarder'
import { type Rpc, RpcRefused, RpcUnavailable } from './rpc'

/** A chain the DON reads and writes. */
export type ChainSettings = {
  name: string
  selector: bigint
  chainId: number
  rpcUrl: string
  forwarder: Address
}

/** Refuses to start against an endpoint that is down, another chain, or an address that is no forwarder. */
export async function assertChain(params: { rpc: Rpc; chain: ChainSettings }): Promise<void> {
  const { rpc, chain } = params
  try {
    const chainId = Number(await rpc('eth_chainId', []))
    if (chainId !== chain.chainId) {
      throw new HostError('HOST_ERROR', `the RPC endpoint serves chain ${chainId}, ${chain.name} is ${chain.chainId}`)
    }
    if (!(await isForwarder(params))) {
      throw new HostError('HOST_ERROR', `${chain.forwarder} on ${chain.name} is no KeystoneForwarder`)
    }
  } catch (error) {
    if (error instanceof RpcUnavailable) throw new HostError('RPC_UNAVAILABLE', error.message)
    // It answers, but not to what every endpoint knows.
    if (error instanceof RpcRefused) throw new HostError('RPC_UNAVAILABLE', new RpcUnavailable('NOT_JSON_RPC').message)
    throw error
  }
}

/** A contract that reverts or has no code is none; an endpoint that refuses to say leaves it open. */
async function isForwarder({ rpc, chain }: { rpc: Rpc; chain: ChainSettings }): Promise<boolean> {
  const data = encodeFunctionData({ abi: forwarderAbi, functionName: 'typeAndVersion' })
  let answer: unknown
  try {
    answer = await rpc('eth_call', [{ to: chain.forwarder, data }, 'latest'])
  } catch (error) {
    if (error instanceof RpcRefused && error.isRevert) return false
    throw error
  }
  try {
    const version = decodeFunctionResult({ abi: forwarderAbi, functionName: 'typeAndVersion', data: answer as Hex })
    return version.startsWith('KeystoneForwarder ')
  } catch {
    return false
  }
}
