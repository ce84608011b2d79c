/** The proofs that are on chain, newest first. */

import { shortHex } from '../../base/hex'
import { pagePath } from '../../base/place'
import type { ReserveRounds } from '../../base/types'
import { Card } from '../../ui/page'
import { TableBox } from '../../ui/table-box'
import { Amount, Hex, Time } from '../../ui/text'

const shown = 20

export function Rounds({ figures: { history, feed }, unit }: { figures: ReserveRounds; unit: string | undefined }) {
  return (
    <Card title="Proofs on chain" id="rounds" end={<Hex of={feed.address} name="Ledger" />}>
      {history.length === 0 ? (
        <p class="muted">The ledger has no proof yet. The first mint writes one.</p>
      ) : (
        <TableBox name="Rounds of the reserve feed">
          <thead>
            <tr>
              <th scope="col">Round</th>
              <th scope="col" class="number">
                Reserves
              </th>
              <th scope="col">Observed</th>
              <th scope="col">Block</th>
              <th scope="col">Transaction</th>
            </tr>
          </thead>
          <tbody>
            {history.slice(0, shown).map(({ round, reserves, observedAt, blockNumber, tx }) => (
              <tr key={round}>
                <td>{round}</td>
                <td class="number">
                  <Amount of={reserves} unit={unit} />
                </td>
                <td>
                  <Time at={observedAt} />
                </td>
                <td>{blockNumber ?? '–'}</td>
                <td>
                  {tx === null || tx === undefined ? (
                    '–'
                  ) : (
                    <a href={pagePath(`tx/${tx}`)}>
                      <code>{shortHex(tx)}</code>
                    </a>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
    </Card>
  )
}
