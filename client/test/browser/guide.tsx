/** The guide's `MintButton` on a page, with wagmi's own mock of a wallet; `@guide` is its two snippets together. */
import { MintButton } from '@guide'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { type Address, defineChain } from 'viem'
import { WagmiProvider, createConfig, http, mock } from 'wagmi'
import { connect } from 'wagmi/actions'

Object.assign(globalThis, {
  async showGuide({ account, chainUrl }: { account: Address; chainUrl: string }) {
    const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
    const chain = defineChain({ id: 31337, name: 'Local', nativeCurrency, rpcUrls: { default: { http: [chainUrl] } } })
    const config = createConfig({
      chains: [chain],
      // Nothing of an earlier visit: the wallet is connected before the page is shown.
      storage: null,
      connectors: [mock({ accounts: [account] })],
      transports: { [chain.id]: http(chainUrl) },
    })
    await connect(config, { connector: config.connectors[0] as (typeof config.connectors)[number] })
    createRoot(document.body).render(
      <WagmiProvider config={config} reconnectOnMount={false}>
        <QueryClientProvider client={new QueryClient()}>
          <MintButton />
        </QueryClientProvider>
      </WagmiProvider>,
    )
  },
})
