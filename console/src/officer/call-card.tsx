/** One call: what it does, and the three ways to have it sent. */
import { useState } from 'preact/hooks'
import { sameAddress } from '../base/hex'
import { pagePath } from '../base/place'
import { card } from '../session/session'
import { sentence } from '../ui/reason'
import { Copy, Hex } from '../ui/text'
import { connected, isOnChain } from '../wallet/wallet'
import type { PreparedCall } from './prepared'
import { safeBatch } from './safe'

type Progress = { is: 'ready' } | { is: 'busy' } | { is: 'done'; hash: string } | { is: 'fault'; why: string }

export function CallCard({ call }: { call: PreparedCall }) {
  const [progress, setProgress] = useState<Progress>({ is: 'ready' })
  const wallet = connected.value
  const hindrance = hindranceOf(call)
  const sign = async () => {
    if (wallet === undefined) return
    setProgress({ is: 'busy' })
    try {
      const { receiptOf, transactRaw } = await import('../wallet/transact')
      const hash = await transactRaw(wallet, call)
      await receiptOf(wallet, hash)
      setProgress({ is: 'done', hash })
    } catch (error) {
      setProgress({ is: 'fault', why: (error as Error).message })
    }
  }
  const chainId = card.value?.chainId ?? 0
  return (
    <div class="call">
      <p class="call-what">{sentence(call.what)}</p>
      <dl class="facts">
        <dt>Contract</dt>
        <dd>
          <Hex of={call.to} />
        </dd>
        <dt>Who may</dt>
        <dd>
          {call.signer === null ? (
            <span class="muted">the chain says so when it is tried</span>
          ) : (
            <Hex of={call.signer} />
          )}
        </dd>
      </dl>
      <details>
        <summary>Calldata</summary>
        <pre class="wraps">{call.data}</pre>
      </details>
      <div class="quick">
        <button
          type="button"
          class="button small main"
          disabled={hindrance !== undefined || progress.is === 'busy'}
          onClick={sign}
        >
          {progress.is === 'busy' ? 'Waiting for the wallet…' : 'Sign'}
        </button>
        <Copy text={call.data} what="the calldata" label="Copy calldata" />
        <Copy text={safeBatch([call], chainId, Date.now())} what="the Safe batch" label="Copy for Safe" />
      </div>
      <p class="hint" role="status">
        {progress.is === 'done' ? (
          <>
            Done in <a href={pagePath(`tx/${progress.hash}`)}>its transaction</a>.
          </>
        ) : progress.is === 'fault' ? (
          progress.why
        ) : (
          hindrance
        )}
      </p>
    </div>
  )
}

/** Why the connected wallet cannot sign it. */
function hindranceOf({ signer }: PreparedCall): string | undefined {
  const wallet = connected.value
  if (wallet === undefined) return 'Connect a wallet to sign it here.'
  if (!isOnChain.value) return 'The wallet is on another chain.'
  if (signer !== null && !sameAddress(signer, wallet.account)) return 'The connected account is not the one that may.'
  return undefined
}
