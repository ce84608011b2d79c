/** Beneficiaries that the local chain always refuses, for whoever tries a client out. */
import { type Hex, decodeFunctionResult, encodeFunctionData, parseAbi } from 'viem'
import { sandbox } from '../../client/src/sandbox'
import { factoryAbi, policyAbi } from '../compliance/abi'
import type { Deployment } from '../lib/deployment'
import { localChain } from '../lib/local-chain'
import type { Rpc } from '../lib/rpc'

const listAbi = parseAbi(['function addressRejected(address account) view returns (bool)'])

/** Blocks what the sandbox calls blocked, in the first basket, unless it is. */
export async function ensureSandbox(rpc: Rpc, { basketFactory, firstBasket }: Deployment): Promise<void> {
  const read = (to: string, data: Hex) => rpc.call<Hex>('eth_call', [{ to, data }, 'latest'])
  const ofBasket = { abi: factoryAbi, functionName: 'basketOf' } as const
  const basket = await read(basketFactory, encodeFunctionData({ ...ofBasket, args: [firstBasket.stablecoin] }))
  const { rejectPolicy } = decodeFunctionResult({ ...ofBasket, data: basket })
  const args = [sandbox.blocked] as const
  const isBlocked = { abi: listAbi, functionName: 'addressRejected' } as const
  const answer = await read(rejectPolicy, encodeFunctionData({ ...isBlocked, args }))
  if (decodeFunctionResult({ ...isBlocked, data: answer })) return
  // Anvil has the key of its own account.
  const data = encodeFunctionData({ abi: policyAbi, functionName: 'rejectAddress', args })
  await rpc.call('eth_sendTransaction', [{ from: localChain.basketAdmin, to: rejectPolicy, data }])
}
