/** Mints in a table. */

import { pagePath } from '../base/place'
import { type Mint, bankReferenceOf } from '../base/types'
import { baskets } from '../session/session'
import { StatusBadge } from './status'
import { TableBox } from './table-box'
import { Amount, Hex, Time } from './text'

export function symbolOf(stablecoin: string): string | undefined {
  return baskets.value.find(({ stablecoinAddress }) => stablecoinAddress === stablecoin)?.token?.symbol
}

/** The most telling word of why a mint was refused or waits. */
export function why({ code, reason }: Mint): string | undefined {
  return reason ?? code ?? undefined
}

export function MintTable({ mints, caption }: { mints: Mint[]; caption: string }) {
  return (
    <TableBox name={caption}>
      <thead>
        <tr>
          <th scope="col">Accepted</th>
          <th scope="col">Status</th>
          <th scope="col" class="number">
            Amount
          </th>
          <th scope="col">Beneficiary</th>
          <th scope="col">Reason</th>
          <th scope="col">Reference</th>
          <th scope="col">
            <span class="hidden">Open</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {mints.map((mint) => (
          <tr key={mint.mintId}>
            <td>
              <Time at={mint.createdAt} />
            </td>
            <td>
              <StatusBadge status={mint.status} />
            </td>
            <td class="number">
              <Amount of={mint.amount} unit={symbolOf(mint.stablecoinAddress)} />
            </td>
            <td>
              <Hex of={mint.beneficiary} />
            </td>
            <td>{why(mint) ? <code>{why(mint)}</code> : <span class="muted">–</span>}</td>
            <td>{bankReferenceOf(mint) ?? <span class="muted">–</span>}</td>
            <td>
              <a class="button small" href={pagePath(`mints/${mint.mintId}`)}>
                Open
                <span class="hidden">
                  {' '}
                  mint of {mint.amount} accepted {mint.createdAt}
                </span>
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </TableBox>
  )
}
