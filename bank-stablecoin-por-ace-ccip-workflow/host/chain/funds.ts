// Looks whether a transmitter can pay for a delivery, before anything is signed for it.
import { type Address, formatEther } from 'viem'
import { HostError } from '../base/errors'
import { type Fees, askFees } from './fees'
import { type Rpc, RpcRefused, RpcUnavailable, quantityOf } from './rpc'

/** What the chain asks for, and what the transmitter has; `askedAt` as performance.now(). */
export type Funds = { fees: Fees; balance: bigint; askedAt: number }

/** For how long the fees that were asked for with the balance are good for a delivery, in milliseconds. */
const FRESH_MILLIS = 15_000

/**
 * Fees and balance, asked together; throws TRANSMITTER_UNFUNDED when the balance does not cover one delivery at the fee cap
 * that it would be sent with, and RPC_UNAVAILABLE when the chain does not say: nobody signs what perhaps nobody can deliver.
 */
export async function assertFunds(params: { rpc: Rpc; address: Address; gas: bigint }): Promise<Funds> {
  const { rpc, address, gas } = params
  const askedAt = performance.now()
  const [fees, balance] = await Promise.all([askFees(rpc), askBalance(rpc, address)]).catch((error: unknown) => {
    if (error instanceof RpcUnavailable) throw new HostError('RPC_UNAVAILABLE', error.message)
    if (error instanceof RpcRefused) throw new HostError('RPC_UNAVAILABLE', new RpcUnavailable('NOT_JSON_RPC').message)
    throw error
  })
  const needed = gas * fees.maxFeePerGas
  if (balance >= needed) return { fees, balance, askedAt }
  throw new HostError(
    'TRANSMITTER_UNFUNDED',
    `transmitter ${address} has ${formatEther(balance)} of the chain's coin, one delivery may cost ${formatEther(needed)}; send it funds`,
  )
}

/** The fees, if they were asked for a moment ago. */
export function freshFees(funds: Funds | undefined): Fees | undefined {
  return funds !== undefined && performance.now() - funds.askedAt < FRESH_MILLIS ? funds.fees : undefined
}

async function askBalance(rpc: Rpc, address: Address): Promise<bigint> {
  return quantityOf(await rpc('eth_getBalance', [address, 'latest']))
}
