// Describes a chain the DON works on, and checks that its endpoint and its forwarder are what they should be.
import { type Address, type Hex, decodeFunctionResult, encodeFunctionData } from 'viem'
import { HostError, messageOf } from '../base/errors'
import { forwarderAbi } from './forwarder'
import { type Rpc, RpcUnavailable } from './rpc'

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
    const version = await forwarderVersion(params)
    if (!version.startsWith('KeystoneForwarder ')) {
      throw new HostError('HOST_ERROR', `${chain.forwarder} on ${chain.name} is ${version}, not a KeystoneForwarder`)
    }
  } catch (error) {
    if (error instanceof RpcUnavailable) throw new HostError('RPC_UNAVAILABLE', error.message)
    throw error
  }
}

async function forwarderVersion(params: { rpc: Rpc; chain: ChainSettings }): Promise<string> {
  const data = encodeFunctionData({ abi: forwarderAbi, functionName: 'typeAndVersion' })
  const call = { to: params.chain.forwarder, data }
  const answer = await params.rpc('eth_call', [call, 'latest']).catch((error: unknown) => {
    if (error instanceof RpcUnavailable) throw error
    return messageOf(error)
  })
  try {
    return decodeFunctionResult({ abi: forwarderAbi, functionName: 'typeAndVersion', data: answer as Hex })
  } catch {
    return 'no contract that says what it is'
  }
}
