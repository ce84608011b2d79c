/** The wallet is on another chain than the gateway: offers to change that. */
import { useState } from 'preact/hooks'
import { card } from '../../session/session'
import { connected, isOnChain } from '../../wallet/wallet'

export function ChainNotice() {
  const [fault, setFault] = useState('')
  const wallet = connected.value
  if (wallet === undefined || isOnChain.value || card.value === undefined) return null
  const change = async () => {
    setFault('')
    const { changeChain } = await import('../../wallet/transact')
    await changeChain(wallet, { chain: card.value?.chain ?? null }).catch((error: Error) => setFault(error.message))
  }
  return (
    <div class="notice warn" role="alert">
      <p class="notice-title">The wallet is on another chain</p>
      <p>
        It is on chain {wallet.chainId}; the gateway is on {card.value.chain?.name ?? 'chain'} ({card.value.chainId}).
      </p>
      <button type="button" class="button" onClick={change}>
        Change the wallet's chain
      </button>
      {fault ? <p>{fault}</p> : null}
    </div>
  )
}
