/** Who says what the reserves are. */

import { duration } from '../../base/time'
import type { ReserveFigures } from '../../base/types'
import { Card } from '../../ui/page'
import { Empty } from '../../ui/states'
import { Badge } from '../../ui/status'
import { TableBox } from '../../ui/table-box'
import { Amount, Time } from '../../ui/text'

export function Sources({ figures: { sources }, unit }: { figures: ReserveFigures; unit: string | undefined }) {
  return (
    <Card title="Sources" id="sources">
      {sources.length === 0 ? (
        <Empty title="No source was asked since the gateway started">
          <p>The nodes ask them with the next mint or attestation.</p>
        </Empty>
      ) : (
        <TableBox name="Sources of the reserves">
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Class</th>
              <th scope="col" class="number">
                Amount
              </th>
              <th scope="col">As of</th>
              <th scope="col" class="number">
                Age
              </th>
              <th scope="col">Answer</th>
            </tr>
          </thead>
          <tbody>
            {sources.map(({ name, class: kind, amount, observedAt, ageSeconds, code, word }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>{kind}</td>
                <td class="number">{amount === null ? '–' : <Amount of={amount} unit={unit} />}</td>
                <td>{observedAt === null ? '–' : <Time at={observedAt} />}</td>
                <td class="number">{ageSeconds === null ? '–' : duration(ageSeconds)}</td>
                <td>
                  <Badge tone={code === '' ? 'good' : 'bad'}>{code === '' ? 'accepted' : word || code}</Badge>
                </td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
    </Card>
  )
}
