/**
 * A wallet that a test holds in its hand. It lives in the test's process: the page sees an EIP-1193 provider that announces
 * itself (EIP-6963). The chain signs for its own accounts.
 */
import type { BrowserContext } from 'playwright-core'
import { createRpc } from '../lib/rpc'

/** Anvil's accounts 1 (admin of the first basket) and 2 (a customer). */
export const adminAccount = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
export const customerAccount = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'

const declined = { code: 4001, message: 'User rejected the request.' }
const signing = ['eth_sendTransaction', 'eth_requestAccounts', 'wallet_switchEthereumChain']

export interface TestWallet {
  account: string
  /** What the wallet says that its chain is, until it is told to change it. */
  chainId: number | undefined
  /** Declines the next thing that a person would be asked. */
  declineNext: boolean
  /** The transactions that were sent. */
  sent: number
}

interface Asked {
  method: string
  params?: unknown[]
}

type Said = { result: unknown } | { error: { code: number; message: string } }

export async function addWallet(context: BrowserContext, chainUrl: string): Promise<TestWallet> {
  const wallet: TestWallet = { account: customerAccount, chainId: undefined, declineNext: false, sent: 0 }
  const chain = createRpc(chainUrl)
  await context.exposeFunction('askTestWallet', async ({ method, params = [] }: Asked): Promise<Said> => {
    if (wallet.declineNext && signing.includes(method)) {
      wallet.declineNext = false
      return { error: declined }
    }
    if (method === 'eth_accounts' || method === 'eth_requestAccounts') return { result: [wallet.account] }
    if (method === 'eth_chainId' && wallet.chainId !== undefined) return { result: `0x${wallet.chainId.toString(16)}` }
    if (method === 'wallet_switchEthereumChain') {
      wallet.chainId = undefined
      return { result: null }
    }
    if (method === 'eth_sendTransaction') wallet.sent += 1
    try {
      return { result: await chain.call(method, params) }
    } catch (error) {
      return { error: { code: -32_603, message: String(error) } }
    }
  })
  await context.addInitScript(announce)
  return wallet
}

/** Runs in the page, before its own scripts. */
function announce(): void {
  type Listener = (value: unknown) => void
  const listeners: Record<string, Listener[]> = {}
  const ask = (globalThis as unknown as { askTestWallet: (asked: Asked) => Promise<Said> }).askTestWallet
  const provider = {
    async request(asked: Asked) {
      const said = await ask(asked)
      if ('error' in said) throw Object.assign(new Error(said.error.message), said.error)
      if (asked.method === 'wallet_switchEthereumChain') {
        const [{ chainId }] = asked.params as [{ chainId: string }]
        for (const listener of listeners['chainChanged'] ?? []) listener(chainId)
      }
      return said.result
    },
    on(event: string, listener: Listener) {
      listeners[event] = [...(listeners[event] ?? []), listener]
    },
    removeListener(event: string, listener: Listener) {
      listeners[event] = (listeners[event] ?? []).filter((each) => each !== listener)
    },
  }
  const icon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Crect width='8' height='8'/%3E%3C/svg%3E"
  const info = { uuid: 'test-wallet', name: 'Test wallet', icon, rdns: 'test.wallet' }
  const tell = () => {
    dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }))
  }
  addEventListener('eip6963:requestProvider', tell)
  tell()
}
