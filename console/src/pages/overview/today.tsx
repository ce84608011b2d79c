/** What today's mints came to, by state and reason. */

import { pagePath } from '../../base/place'
import type { MintSummary } from '../../base/types'
import { basket } from '../../session/session'
import { Card } from '../../ui/page'
import { StatusBadge } from '../../ui/status'
import { TableBox } from '../../ui/table-box'
import { Amount } from '../../ui/text'

export function Today({ summary }: { summary: MintSummary | undefined }) {
  const totals = summary?.baskets[0]?.totals ?? []
  if (summary === undefined) return null
  return (
    <Card title="Today" id="today">
      {totals.length === 0 ? (
        <p class="muted">No mint was asked for since midnight.</p>
      ) : (
        <TableBox name="Mints of today by state and reason">
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Reason</th>
              <th scope="col" class="number">
                Mints
              </th>
              <th scope="col" class="number">
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {totals.map(({ status, code, mints, amount }) => (
              <tr key={`${status} ${code}`}>
                <td>
                  <StatusBadge status={status} />
                </td>
                <td>
                  {code ? (
                    <a href={pagePath(`mints?status=${status}&code=${code}`)}>
                      <code>{code}</code>
                    </a>
                  ) : (
                    <span class="muted">–</span>
                  )}
                </td>
                <td class="number">{mints}</td>
                <td class="number">
                  <Amount of={amount} unit={basket.value?.token?.symbol} />
                </td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
    </Card>
  )
}
