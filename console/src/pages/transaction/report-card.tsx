/** The report of the DON that the transaction delivered. */

import { pagePath } from '../../base/place'
import type { Report, Transaction } from '../../base/types'
import { Card } from '../../ui/page'
import { TableBox } from '../../ui/table-box'
import { Amount, Hex, Time } from '../../ui/text'

export function ReportCard({ report, mints }: { report: Report; mints: Transaction['mints'] }) {
  const { header, body, signatures, receiver } = report
  return (
    <Card title="The report that it delivered" id="report">
      <dl class="facts">
        <dt>Signatures</dt>
        <dd>{signatures}</dd>
        <dt>To the contract</dt>
        <dd>
          <Hex of={receiver} />
        </dd>
        {header ? (
          <>
            <dt>Execution</dt>
            <dd>
              <Hex of={header.workflowExecutionId} />
            </dd>
            <dt>Workflow</dt>
            <dd>
              <Hex of={header.workflowId} />
            </dd>
          </>
        ) : null}
        {body ? (
          <>
            <dt>Reserves</dt>
            <dd>
              {body.reserves.tokens ? <Amount of={body.reserves.tokens} /> : <code>{body.reserves.amount}</code>},
              observed <Time at={body.observedAt} />
            </dd>
            <dt>Valid until</dt>
            <dd>
              <Time at={body.validUntil} />
            </dd>
          </>
        ) : null}
      </dl>
      {body && body.orders.length > 0 ? (
        <TableBox name="Orders of the report" kind="after">
          <thead>
            <tr>
              <th scope="col">Order</th>
              <th scope="col">Beneficiary</th>
              <th scope="col" class="number">
                Amount
              </th>
              <th scope="col">Mint</th>
            </tr>
          </thead>
          <tbody>
            {body.orders.map(({ reference, account, amount, tokens }) => {
              const mintId = mints.find((mint) => mint.reference === reference)?.mintId
              return (
                <tr key={reference}>
                  <td>
                    <Hex of={reference} />
                  </td>
                  <td>
                    <Hex of={account} />
                  </td>
                  <td class="number">{tokens ? <Amount of={tokens} /> : <code>{amount}</code>}</td>
                  <td>{mintId ? <a href={pagePath(`mints/${mintId}`)}>Open</a> : <span class="muted">–</span>}</td>
                </tr>
              )
            })}
          </tbody>
        </TableBox>
      ) : null}
    </Card>
  )
}
