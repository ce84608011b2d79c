/** One mint: the order, how it goes, what can be done. */
import { useRoute } from 'preact-iso'
import { ask, query } from '../../base/gateway'
import { pagePath } from '../../base/place'
import { type Evidence, type Mint, bankReferenceOf } from '../../base/types'
import { useLoad } from '../../live/use-load'
import { mayAudit } from '../../session/session'
import { symbolOf } from '../../ui/mint-table'
import { Card, Page } from '../../ui/page'
import { Allowed, Loaded } from '../../ui/states'
import { StatusBadge } from '../../ui/status'
import { Amount, Hex, Time } from '../../ui/text'
import { Acts } from './acts'
import { Balance } from './balance'
import { OperatorView } from './operator-view'
import { Raw } from './raw'
import { storyOf } from './steps'
import { Timeline } from './timeline'

interface Answer {
  mint: Mint
  evidence: Evidence
}

export function MintPage() {
  const id = useRoute().params['id'] ?? ''
  const from = useLoad(
    `mint ${id}`,
    async (signal): Promise<Answer> => {
      const path = `/mints/${encodeURIComponent(id)}`
      const [mint, evidence] = await Promise.all([
        ask<Mint>(path, { signal }),
        ask<Evidence>(`${path}/evidence${query({ view: mayAudit.value ? 'operator' : undefined })}`, { signal }),
      ])
      return { mint, evidence }
    },
    { when: ({ mintId }) => mintId === id },
  )
  return (
    <Page
      title="Mint"
      lead={<code>{id}</code>}
      actions={
        <a class="button" href={pagePath('mint')}>
          New mint
        </a>
      }
    >
      <Allowed scope="mint:read">
        <Loaded from={from} rows={8}>
          {({ mint, evidence }) => (
            <>
              <Order mint={mint} onDone={from.reload} />
              <Card title="How it went" id="timeline">
                <div aria-live="polite">
                  <Timeline mint={mint} story={storyOf(mint, evidence)} />
                </div>
              </Card>
              <Balance mint={mint} />
              <OperatorView mint={mint} run={evidence.runs.at(-1)} />
              <Raw mint={mint} evidence={evidence} />
            </>
          )}
        </Loaded>
      </Allowed>
    </Page>
  )
}

function Order({ mint, onDone }: { mint: Mint; onDone: () => void }) {
  return (
    <section class="card" aria-labelledby="order">
      <div class="card-head">
        <h2 id="order" class="order-amount">
          <Amount of={mint.amount} unit={symbolOf(mint.stablecoinAddress)} />
        </h2>
        <StatusBadge status={mint.status} />
      </div>
      <dl class="facts">
        <dt>To</dt>
        <dd>
          <Hex of={mint.beneficiary} full />
        </dd>
        <dt>Bank reference</dt>
        <dd>{bankReferenceOf(mint) ?? <span class="muted">none</span>}</dd>
        <dt>On chain as</dt>
        <dd>
          <Hex of={mint.reference} />
        </dd>
        <dt>Received</dt>
        <dd>
          <Time at={mint.createdAt} />
          {mint.attempts > 1 ? `, ${mint.attempts} attempts` : ''}
        </dd>
      </dl>
      <Acts mint={mint} onDone={onDone} />
    </section>
  )
}
