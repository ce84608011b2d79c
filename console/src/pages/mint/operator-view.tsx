/** What operators see of the newest run besides: who else was in it, what it cost, what the nodes are called. */
import { pagePath } from '../../base/place'
import type { Mint, Run } from '../../base/types'
import { symbolOf } from '../../ui/mint-table'
import { Card } from '../../ui/page'
import { Amount, Hex } from '../../ui/text'

type View = NonNullable<Run['operator']>

export function OperatorView({ mint, run }: { mint: Mint; run: Run | undefined }) {
  const view = run?.operator
  if (!view) return null
  const others = view.orders.filter(({ mintId }) => mintId !== mint.mintId)
  return (
    <Card title="For operators: the whole run" id="operator-view">
      <dl class="facts">
        <dt>Gas of the delivery</dt>
        <dd>
          {view.gasUsed === null ? <span class="muted">none was spent</span> : view.gasUsed.toLocaleString('en-GB')}
        </dd>
        <dt>Transmitter</dt>
        <dd>{view.transmitter ? <Hex of={view.transmitter} full /> : <span class="muted">none</span>}</dd>
        <dt>Reserve accounts</dt>
        <dd>{view.accounts.join(', ') || <span class="muted">none was named</span>}</dd>
      </dl>
      <h3>Nodes</h3>
      <ul class="plain-list">
        {view.nodes.map(({ id, name, notes }) => (
          <li key={id}>
            <span class="grow">
              node {id}: {name}
            </span>
            <span class={notes.length === 0 ? 'muted' : ''}>{notes.join('; ') || 'nothing to note'}</span>
          </li>
        ))}
      </ul>
      <h3>Other orders of the same report</h3>
      <OtherOrders orders={others} unit={symbolOf(mint.stablecoinAddress)} />
    </Card>
  )
}

function OtherOrders({ orders, unit }: { orders: View['orders']; unit: string | undefined }) {
  if (orders.length === 0) return <p class="muted">This mint went alone.</p>
  return (
    <ul class="plain-list">
      {orders.map(({ mintId, beneficiary, amount, verdict }) => (
        <li key={mintId}>
          <a class="grow" href={pagePath(`mints/${mintId}`)}>
            <Amount of={amount} unit={unit} />
            <span class="hidden"> mint {mintId}</span>
          </a>
          <Hex of={beneficiary} />
          <span>{verdict.code ?? verdict.outcome}</span>
        </li>
      ))}
    </ul>
  )
}
