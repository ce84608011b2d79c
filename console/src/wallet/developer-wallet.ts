/** On a local test chain: a wallet of the chain's own well-known accounts. The chain signs; no key is in this page. */
import type { AnnouncedWallet, Provider } from './eip1193'

/** Anvil's accounts that have a part in the local stack. Account 0, the deployer, is no customer. */
export const developerAccounts = [
  { address: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC', is: 'customer' },
  { address: '0x90F79bf6EB2c4f870365E785982E1f101E93b906', is: 'customer' },
  { address: '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65', is: 'customer' },
  { address: '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc', is: 'customer' },
  { address: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8', is: 'basket admin and compliance officer' },
] as const

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%23b45309'/%3E%3Cpath d='M11 11l-5 5 5 5M21 11l5 5-5 5M18 8l-4 16' stroke='%23fff' stroke-width='2.4' fill='none' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E"

class DeveloperProvider implements Provider {
  private account: string | undefined
  private listeners = new Map<string, Set<(value: unknown) => void>>()
  private calls = 0

  constructor(private readonly rpcUrl: string) {}

  /** The account that it signs with from now on. */
  use(address: string): void {
    this.account = address
    for (const listener of this.listeners.get('accountsChanged') ?? []) listener([address])
  }

  on(event: string, listener: (value: unknown) => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener))
  }

  removeListener(event: string, listener: (value: unknown) => void): void {
    this.listeners.get(event)?.delete(listener)
  }

  async request({ method, params = [] }: { method: string; params?: unknown }): Promise<unknown> {
    if (method === 'eth_accounts') return this.account === undefined ? [] : [this.account]
    if (method === 'eth_requestAccounts') {
      this.account ??= developerAccounts[0].address
      return [this.account]
    }
    this.calls += 1
    const response = await fetch(this.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: this.calls, method, params }),
    })
    const { result, error } = (await response.json()) as { result?: unknown; error?: object }
    if (error !== undefined) throw Object.assign(new Error('the local chain refused the call'), error)
    return result
  }
}

export function developerWallet(rpcUrl: string): AnnouncedWallet & { provider: DeveloperProvider } {
  return {
    info: { uuid: 'developer', name: 'Local developer wallet', icon, rdns: 'local.developer' },
    provider: new DeveloperProvider(rpcUrl),
    isDeveloper: true,
  }
}

export function useDeveloperAccount(wallet: AnnouncedWallet, address: string): void {
  if (wallet.provider instanceof DeveloperProvider) wallet.provider.use(address)
}
