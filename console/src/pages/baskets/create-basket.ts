/** `BasketFactory.createBasket()` by the connected wallet, then `POST /baskets`. Brings viem. */
import { parseAbi } from 'viem'
import { ask, client } from '../../base/gateway'
import { may } from '../../session/session'
import { TransactionFault, receiptOf, transact } from '../../wallet/transact'
import type { ConnectedWallet } from '../../wallet/wallet'

const factoryAbi = parseAbi([
  'function createBasket(string name, string symbol, address admin) returns (address stablecoin, address mintingConsumer)',
  'error InvalidName()',
  'error InvalidSymbol()',
  'error ZeroAddress()',
  'error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)',
])

export interface NewBasket {
  name: string
  stablecoinAddress: string
  mintingConsumerAddress: string
  tx: string
  /** Whether the gateway lists it by its name; naming takes the scope `admin`. */
  isRegistered: boolean
}

interface Wanted {
  wallet: ConnectedWallet
  factory: string
  name: string
  symbol: string
  onStep: (step: string) => void
}

export async function createBasket({ wallet, factory, name, symbol, onStep }: Wanted): Promise<NewBasket> {
  onStep('Sign in your wallet…')
  const call = { to: factory, abi: factoryAbi, functionName: 'createBasket', args: [name, symbol, wallet.account] }
  const tx = await transact(wallet, call)
  onStep('Waiting for the block…')
  const created = client.baskets.fromReceipt(await receiptOf(wallet, tx))
  if (created === undefined) throw new TransactionFault(`The transaction ${tx} created no basket.`)
  const { stablecoinAddress, mintingConsumerAddress } = created
  const basket = { name, stablecoinAddress, mintingConsumerAddress }
  if (!may('admin')) return { ...basket, tx, isRegistered: false }
  onStep('Naming it at the gateway…')
  const isRegistered = await ask('/baskets', { method: 'POST', body: basket }).then(
    () => true,
    () => false,
  )
  return { ...basket, tx, isRegistered }
}
