/** A call of a contract, and what the commands need to know to make calls. Without I/O: the console uses it in a browser. */
import type { Abi, Address, PublicClient } from 'viem'

export interface Call {
  /** What it does, for the person who reads along. */
  what: string
  to: Address
  abi: Abi
  functionName: string
  args: unknown[]
  /** Set when the call can only pass after the one before it, so that it cannot be tried alone. */
  needsPrevious?: boolean
}

/** A basket's contracts, as the factory lists them. */
export type BasketContracts = Record<
  | 'stablecoin'
  | 'mintingConsumer'
  | 'pausePolicy'
  | 'rejectPolicy'
  | 'allowPolicy'
  | 'jurisdictions'
  | 'volumePolicy'
  | 'volumeRatePolicy'
  | 'policySwitch',
  Address
>

export interface CallContext {
  chain: Pick<PublicClient, 'readContract' | 'getBlock'>
  basket: BasketContracts
  registries: Record<'identityRegistry' | 'credentialRegistry', Address>
  decimals: number
}
