/** A wallet as a page sees it (EIP-1193), and how wallets announce themselves (EIP-6963). */

export interface Provider {
  request(call: { method: string; params?: unknown }): Promise<unknown>
  on?(event: string, listener: (value: unknown) => void): void
  removeListener?(event: string, listener: (value: unknown) => void): void
}

export interface WalletInfo {
  uuid: string
  name: string
  icon: string
  rdns: string
}

export interface AnnouncedWallet {
  info: WalletInfo
  provider: Provider
  /** Set for the developer wallet of a local chain, whose accounts anybody may use. */
  isDeveloper?: boolean
}

export interface WalletError {
  code?: number
  message?: string
}

/** EIP-1193: the person said no. */
export const declinedCode = 4001
/** The wallet does not know the chain that it is asked to change to. */
export const unknownChainCode = 4902
