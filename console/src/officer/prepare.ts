/** Calls by the officer's commands of `scripts/compliance`, for the connected wallet's chain. Brings viem. */
import { type Address, encodeFunctionData, zeroAddress } from 'viem'
import { getBlock, readContract } from 'viem/actions'
import { complianceFactoryAbi, factoryAbi, ownableAbi, registriesAbi } from '../../../scripts/compliance/abi'
import type { Call, CallContext } from '../../../scripts/compliance/call'
import { commands } from '../../../scripts/compliance/commands'
import { clientOf } from '../wallet/transact'
import type { ConnectedWallet } from '../wallet/wallet'
import type { PreparedCall } from './prepared'

export interface OfficerPlace {
  wallet: ConnectedWallet
  factory: string
  stablecoin: string
  decimals: number
}

/** Throws a sentence where the words do not fit the command. */
export async function prepare(place: OfficerPlace, command: string, words: string[]): Promise<PreparedCall[]> {
  const make = commands[command]
  if (make === undefined) throw new Error(`There is no command "${command}".`)
  const context = await contextOf(place)
  const calls = await make(context, words)
  return Promise.all(
    calls.map(async (call) => ({
      what: call.what,
      to: call.to,
      data: encodeFunctionData(call),
      signer: await ownerOf(context, call),
      needsPrevious: call.needsPrevious ?? false,
    })),
  )
}

async function contextOf({ wallet, factory, stablecoin, decimals }: OfficerPlace): Promise<CallContext> {
  const client = clientOf(wallet)
  const chain = {
    readContract: (call: Parameters<typeof readContract>[1]) => readContract(client, call),
    getBlock: () => getBlock(client),
  } as unknown as CallContext['chain']
  const address = factory as Address
  const [basket, complianceFactory] = await Promise.all([
    chain.readContract({ address, abi: factoryAbi, functionName: 'basketOf', args: [stablecoin as Address] }),
    chain.readContract({ address, abi: factoryAbi, functionName: 'complianceFactory' }),
  ])
  const registries = await chain.readContract({
    address: complianceFactory,
    abi: complianceFactoryAbi,
    functionName: 'registries',
  })
  const [identityRegistry, credentialRegistry] = await Promise.all([
    chain.readContract({ address: registries, abi: registriesAbi, functionName: 'identityRegistry' }),
    chain.readContract({ address: registries, abi: registriesAbi, functionName: 'credentialRegistry' }),
  ])
  return { chain, basket, registries: { identityRegistry, credentialRegistry }, decimals }
}

/** A policy has one owner; tokens and registries ask for roles, so there only a try tells. */
async function ownerOf({ chain, basket, registries }: CallContext, { to }: Call): Promise<string | null> {
  if (to === basket.stablecoin || Object.values(registries).includes(to)) return null
  const owner = await chain
    .readContract({ address: to, abi: ownableAbi, functionName: 'owner' })
    .catch(() => zeroAddress)
  return owner === zeroAddress ? null : owner
}
