/** What the beneficiary has, read from the chain, once the mint is there. */
import { ask } from '../../base/gateway'
import { pagePath } from '../../base/place'
import type { Balance as BalanceAnswer, Mint } from '../../base/types'
import { useLoad } from '../../live/use-load'
import { may } from '../../session/session'
import { symbolOf } from '../../ui/mint-table'
import { Amount, Hex } from '../../ui/text'

export function Balance({ mint }: { mint: Mint }) {
  const isThere = mint.status === 'minted' || mint.status === 'finalized'
  const path = `/baskets/${mint.stablecoinAddress}/balances/${mint.beneficiary}`
  const { value } = useLoad(
    isThere && may('reserve:read') ? `${path} ${mint.status}` : undefined,
    (signal) => ask<BalanceAnswer>(path, { signal }),
    { when: ({ mintId }) => mintId === mint.mintId },
  )
  if (value === undefined) return null
  return (
    <p class="notice good">
      <span>
        <Hex of={mint.beneficiary} /> has <Amount of={value.balance} unit={symbolOf(mint.stablecoinAddress)} />, read
        from the chain at block {value.blockNumber}.{' '}
        <a href={pagePath(`verify?account=${mint.beneficiary}`)}>Verify a balance</a>
      </span>
    </p>
  )
}
