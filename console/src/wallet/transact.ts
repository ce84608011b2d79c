/** Calls of contracts by the connected wallet. Loaded when the first one is made: it brings viem. */
import {
  type Abi,
  type Address,
  BaseError,
  type Hex,
  type TransactionReceipt,
  createClient,
  custom,
  defineChain,
} from 'viem'
import { call, sendTransaction, simulateContract, waitForTransactionReceipt, writeContract } from 'viem/actions'
import type { Card } from '../base/types'
import { type WalletError, unknownChainCode } from './eip1193'
import { type ConnectedWallet, isDeclined } from './wallet'

const localPollingMs = 500
const waitMs = 120_000

/** What the wallet or the chain said, in a sentence. */
export class TransactionFault extends Error {}

export interface ContractCall {
  to: string
  abi: Abi
  functionName: string
  args: unknown[]
}

export function clientOf({ wallet, account, chainId }: ConnectedWallet) {
  return createClient({
    account: account as Address,
    transport: custom(wallet.provider),
    pollingInterval: wallet.isDeveloper ? localPollingMs : undefined,
    chain: defineChain({
      id: chainId,
      name: `chain ${chainId}`,
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [] } },
    }),
  })
}

/** Tries the call first, so that a refusal costs nothing and has its name; then has the wallet sign and send it. */
export async function transact(wallet: ConnectedWallet, { to, abi, functionName, args }: ContractCall): Promise<Hex> {
  const client = clientOf(wallet)
  return told(async () => {
    const { request } = await simulateContract(client, { address: to as Address, abi, functionName, args })
    return writeContract(client, request)
  })
}

/** The same for a call that is encoded already. */
export async function transactRaw(wallet: ConnectedWallet, { to, data }: { to: string; data: string }): Promise<Hex> {
  const client = clientOf(wallet)
  const request = { to: to as Address, data: data as Hex }
  return told(async () => {
    await call(client, { ...request, account: wallet.account as Address })
    return sendTransaction(client, request)
  })
}

export async function receiptOf(wallet: ConnectedWallet, hash: Hex): Promise<TransactionReceipt> {
  const receipt = await told(() => waitForTransactionReceipt(clientOf(wallet), { hash, timeout: waitMs }))
  if (receipt.status !== 'success') throw new TransactionFault(`The transaction ${hash} was reverted by the chain.`)
  return receipt
}

/** Has the wallet change to the gateway's chain; adds the chain where the wallet does not know it. */
export async function changeChain({ wallet }: ConnectedWallet, { chain }: Pick<Card, 'chain'>): Promise<void> {
  if (chain === null) throw new TransactionFault('The gateway does not know its chain yet.')
  const chainId = `0x${chain.id.toString(16)}`
  await told(async () => {
    try {
      await wallet.provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] })
    } catch (error) {
      if ((error as WalletError).code !== unknownChainCode || chain.rpcUrl === null) throw error
      const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
      const added = { chainId, chainName: chain.name, rpcUrls: [chain.rpcUrl], nativeCurrency }
      await wallet.provider.request({ method: 'wallet_addEthereumChain', params: [added] })
    }
  })
}

async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (isDeclined(error)) throw new TransactionFault('You declined in the wallet. Nothing was sent.')
    if (error instanceof BaseError) throw new TransactionFault(sentenceOf(error))
    throw new TransactionFault((error as WalletError).message ?? 'The wallet refused without a reason.')
  }
}

function sentenceOf(error: BaseError): string {
  const named = error.walk((cause) => (cause as { data?: { errorName?: string } }).data?.errorName !== undefined)
  const name = (named as { data?: { errorName?: string } } | null)?.data?.errorName
  return name === undefined ? error.shortMessage : `The contract would refuse this: ${name}. ${error.shortMessage}`
}
