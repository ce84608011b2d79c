/** A call of the `BasketFactory` by the connected wallet, then `POST /baskets`. Brings viem. */
import { ask, client } from '../../base/gateway'
import { may } from '../../session/session'
import { TransactionFault, receiptOf, transact } from '../../wallet/transact'
import type { ConnectedWallet } from '../../wallet/wallet'
import { creationCall } from './creation-call'
import type { Terms } from './terms'

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
  /** Undefined = the factory's own. */
  terms: Terms | undefined
  onStep: (step: string) => void
}

export async function createBasket({ wallet, factory, name, symbol, terms, onStep }: Wanted): Promise<NewBasket> {
  onStep('Sign in your wallet…')
  const tx = await transact(wallet, { to: factory, ...creationCall(name, symbol, wallet.account, terms) })
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
