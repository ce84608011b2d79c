// Opens a chain, and asks its contracts.
import { EVMClient, type Runtime, bytesToHex, encodeCallMsg, getNetwork } from '@chainlink/cre-sdk'
import { type Address, type Hex, zeroAddress } from 'viem'
import { WorkflowFailure } from '../base/errors'
import type { Config } from '../config/config'

/** The chain that holds the basket. */
export type Chain = { name: string; chainId: number; evm: EVMClient }

/** Opens the chain that the configuration names; throws when Chainlink's selector list does not know it. */
export function openChain(config: Config): Chain {
  const name = config.chainSelectorName
  const network =
    getNetwork({ chainFamily: 'evm', chainSelectorName: name, isTestnet: true }) ??
    getNetwork({ chainFamily: 'evm', chainSelectorName: name, isTestnet: false })
  if (network === undefined) throw new WorkflowFailure(`chainSelectorName ${name} is no EVM chain of the selector list`)
  return { name, chainId: Number(network.chainId), evm: new EVMClient(network.chainSelector.selector) }
}

/** Begins a call to a contract at the latest block; the function it returns waits for the answer that the nodes agree on. */
export function beginCall(runtime: Runtime<Config>, params: { chain: Chain; to: Address; data: Hex }): () => Hex {
  const call = encodeCallMsg({ from: zeroAddress, to: params.to, data: params.data })
  const begun = params.chain.evm.callContract(runtime, { call })
  return () => bytesToHex(begun.result().data) as Hex
}
