/** What each node of the DON saw in the newest run. */
import { ask, query } from '../../base/gateway'
import { pagePath } from '../../base/place'
import type { Evidence, MintPage, Run } from '../../base/types'
import { useLoad } from '../../live/use-load'
import { may } from '../../session/session'
import { Card } from '../../ui/page'
import { Loaded, NotAllowed } from '../../ui/states'
import { Badge } from '../../ui/status'
import { Amount, Time } from '../../ui/text'

interface Newest {
  mintId: string
  run: Run
}

const lookedAt = '5'

/** The newest mint whose run left evidence. */
async function newestRun(basket: string, signal: AbortSignal): Promise<Newest | null> {
  const { mints } = await ask<MintPage>(`/mints${query({ basket, limit: lookedAt })}`, { signal })
  for (const { mintId, attempts } of mints) {
    if (attempts === 0) continue
    const { runs } = await ask<Evidence>(`/mints/${mintId}/evidence`, { signal })
    const run = runs.at(-1)
    if (run !== undefined && run.nodes.length > 0) return { mintId, run }
  }
  return null
}

export function Nodes({ stablecoin, unit }: { stablecoin: string; unit: string | undefined }) {
  const from = useLoad(
    may('mint:read') ? `nodes ${stablecoin}` : undefined,
    (signal) => newestRun(stablecoin, signal),
    {
      when: ({ kind }) => kind === 'mint.minted' || kind === 'mint.rejected',
    },
  )
  if (!may('mint:read')) return <NotAllowed scope="mint:read" />
  return (
    <Card title="Nodes, at the newest run" id="nodes">
      <Loaded from={from} rows={4}>
        {(newest) =>
          newest === null ? (
            <p class="muted">No run has left evidence yet. The first mint does.</p>
          ) : (
            <Table newest={newest} unit={unit} />
          )
        }
      </Loaded>
    </Card>
  )
}

function Table({ newest: { mintId, run }, unit }: { newest: Newest; unit: string | undefined }) {
  return (
    <>
      <ul class="plain-list">
        {run.nodes.map(({ id, conduct, observations }) => {
          const seen = observations.find(({ amount }) => amount !== null)
          return (
            <li key={id}>
              <span class="grow">node {id}</span>
              <span>
                {seen?.amount ? <Amount of={seen.amount} unit={unit} /> : <span class="muted">no figure</span>}
              </span>
              <Badge tone={conduct === 'AGREED' ? 'good' : 'warn'}>{conduct.toLowerCase()}</Badge>
            </li>
          )
        })}
      </ul>
      <p class="muted small">
        Run of <Time at={run.endedAt} />, for <a href={pagePath(`mints/${mintId}`)}>this mint</a>.
      </p>
    </>
  )
}
