/** Connects one of the browser's wallets, and shows which is connected. */
import { useState } from 'preact/hooks'
import { sameAddress, shortHex } from '../base/hex'
import { card } from '../session/session'
import { Dialog } from '../ui/dialog'
import { Badge } from '../ui/status'
import { Hex } from '../ui/text'
import { developerAccounts, useDeveloperAccount } from '../wallet/developer-wallet'
import type { AnnouncedWallet } from '../wallet/eip1193'
import { connect, connected, disconnect, isDeclined, isOnChain, wallets } from '../wallet/wallet'

export function WalletButton() {
  const [open, setOpen] = useState(false)
  const wallet = connected.value
  return (
    <>
      <button type="button" class={`button small ${wallet === undefined ? 'main' : ''}`} onClick={() => setOpen(true)}>
        {wallet === undefined ? (
          <span>
            Connect <span class="wide">wallet</span>
          </span>
        ) : (
          shortHex(wallet.account)
        )}
      </button>
      {open ? (
        <Dialog title={wallet === undefined ? 'Connect a wallet' : 'Your wallet'} onClose={() => setOpen(false)}>
          {wallet === undefined ? (
            <Choice onDone={() => setOpen(false)} />
          ) : (
            <Connected onDone={() => setOpen(false)} />
          )}
        </Dialog>
      ) : null}
    </>
  )
}

function Choice({ onDone }: { onDone: () => void }) {
  const [fault, setFault] = useState('')
  const take = async (wallet: AnnouncedWallet) => {
    setFault('')
    try {
      await connect(wallet)
      onDone()
    } catch (error) {
      setFault(isDeclined(error) ? 'You declined in the wallet. Nothing was shared.' : (error as Error).message)
    }
  }
  return (
    <div class="stack">
      <p class="muted">
        A wallet signs what is done on chain: creating a basket, and an officer's calls. Minting needs none.
      </p>
      {wallets.value.length === 0 ? (
        <div class="notice warn">
          <p class="notice-title">No wallet was found</p>
          <p>Install a browser wallet that announces itself (EIP-6963), then open this page again.</p>
        </div>
      ) : (
        <ul class="plain-list">
          {wallets.value.map((wallet) => (
            <li key={wallet.info.uuid}>
              <img src={wallet.info.icon} alt="" width="28" height="28" />
              <span class="grow">
                {wallet.info.name}
                {wallet.isDeveloper ? <span class="muted small"> · test accounts of this chain</span> : null}
              </span>
              <button type="button" class="button small" onClick={() => take(wallet)}>
                Connect <span class="hidden">{wallet.info.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p role="alert" class="hint">
        {fault}
      </p>
    </div>
  )
}

function Connected({ onDone }: { onDone: () => void }) {
  const current = connected.value
  if (current === undefined) return null
  const { wallet, account, chainId } = current
  return (
    <div class="stack">
      <dl class="facts">
        <dt>Wallet</dt>
        <dd>{wallet.info.name}</dd>
        <dt>Account</dt>
        <dd>
          <Hex of={account} />
        </dd>
        <dt>Chain</dt>
        <dd>
          {isOnChain.value ? (
            <Badge tone="good">{`chain ${chainId}`}</Badge>
          ) : (
            <Badge tone="warn">{`chain ${chainId}, the gateway is on ${card.value?.chainId ?? '?'}`}</Badge>
          )}
        </dd>
      </dl>
      {wallet.isDeveloper ? (
        <div class="field">
          <label for="developer-account">Test account</label>
          <select
            id="developer-account"
            value={account}
            onChange={(event) => useDeveloperAccount(wallet, event.currentTarget.value)}
          >
            {developerAccounts.map(({ address, is }) => (
              <option key={address} value={address} selected={sameAddress(address, account)}>
                {shortHex(address)} · {is}
              </option>
            ))}
          </select>
          <p class="hint">Everybody knows these keys. They are worth nothing on any other chain.</p>
        </div>
      ) : null}
      <div>
        <button
          type="button"
          class="button"
          onClick={() => {
            disconnect()
            onDone()
          }}
        >
          Disconnect
        </button>
      </div>
    </div>
  )
}
