/** Which wallets the browser has, and the one that is connected. */
import { computed, signal } from '@preact/signals'
import { card } from '../session/session'
import { developerWallet } from './developer-wallet'
import { type AnnouncedWallet, type WalletError, declinedCode } from './eip1193'

export interface ConnectedWallet {
  wallet: AnnouncedWallet
  account: string
  chainId: number
}

const lastKey = 'cre-console-wallet'

export const wallets = signal<AnnouncedWallet[]>([])
export const connected = signal<ConnectedWallet | undefined>(undefined)

/** Whether the connected wallet is on the gateway's chain. */
export const isOnChain = computed(
  () => connected.value !== undefined && connected.value.chainId === card.value?.chainId,
)

let stopListening: () => void = () => {}

/** Asks wallets to announce themselves, now and whenever one comes later. */
export function findWallets(): void {
  window.addEventListener('eip6963:announceProvider', (event) => {
    add((event as CustomEvent<AnnouncedWallet>).detail)
  })
  window.dispatchEvent(new Event('eip6963:requestProvider'))
}

/** Offers the chain's own accounts, where the gateway says that it is a local one. */
export function offerDeveloperWallet(rpcUrl: string): void {
  add(developerWallet(rpcUrl))
}

/** Two wallets may say that they are the same product, so each is known by its uuid. */
function add(wallet: AnnouncedWallet): void {
  if (wallets.value.some(({ info }) => info.uuid === wallet.info.uuid)) return
  wallets.value = [...wallets.value, wallet]
  if (connected.value === undefined && wallet.info.rdns === remembered()) reconnect(wallet).catch(() => {})
}

/** Connects without asking, where the wallet still allows it. */
async function reconnect(wallet: AnnouncedWallet): Promise<void> {
  const accounts = (await wallet.provider.request({ method: 'eth_accounts' })) as string[]
  if (accounts[0] !== undefined) await take(wallet, accounts[0])
}

export async function connect(wallet: AnnouncedWallet): Promise<void> {
  const accounts = (await wallet.provider.request({ method: 'eth_requestAccounts' })) as string[]
  const [account] = accounts
  if (account === undefined) throw new Error('The wallet shares no account.')
  await take(wallet, account)
  remember(wallet.info.rdns)
}

export function disconnect(): void {
  stopListening()
  connected.value = undefined
  remember('')
}

async function take(wallet: AnnouncedWallet, account: string): Promise<void> {
  const { provider } = wallet
  const chainId = Number(await provider.request({ method: 'eth_chainId' }))
  stopListening()
  connected.value = { wallet, account, chainId }
  const accountsChanged = (accounts: unknown) => {
    const [next] = accounts as string[]
    if (next === undefined) disconnect()
    else if (connected.value !== undefined) connected.value = { ...connected.value, account: next }
  }
  const chainChanged = (id: unknown) => {
    if (connected.value !== undefined) connected.value = { ...connected.value, chainId: Number(id) }
  }
  const gone = () => disconnect()
  const listeners = { accountsChanged, chainChanged, disconnect: gone }
  for (const [event, listener] of Object.entries(listeners)) provider.on?.(event, listener)
  stopListening = () => {
    for (const [event, listener] of Object.entries(listeners)) provider.removeListener?.(event, listener)
  }
}

/** Whether the person declined in the wallet, however deep the library has wrapped that. */
export function isDeclined(error: unknown): boolean {
  for (let at = error; at !== undefined && at !== null; at = (at as { cause?: unknown }).cause) {
    if ((at as WalletError).code === declinedCode) return true
  }
  return false
}

function remembered(): string | null {
  try {
    return localStorage.getItem(lastKey)
  } catch {
    return null
  }
}

function remember(rdns: string): void {
  try {
    localStorage.setItem(lastKey, rdns)
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
