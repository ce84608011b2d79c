/** What each step of a mint has to show. */
import { pagePath } from '../../base/place'
import type { Mint, Run } from '../../base/types'
import { Icon } from '../../ui/icon'
import { symbolOf } from '../../ui/mint-table'
import { Amount, Hex, Time } from '../../ui/text'

export function AcceptedDetail({ mint }: { mint: Mint }) {
  if (mint.status === 'rejected' && mint.attempts === 0) return null
  return (
    <p>
      The headroom for <Amount of={mint.amount} unit={symbolOf(mint.stablecoinAddress)} /> is promised to it. Valid
      until <Time at={mint.expiresAt} />.
    </p>
  )
}

export function ComplianceDetail({ run }: { run: Run | undefined }) {
  if (run === undefined) return null
  return (
    <p>
      Accepted by every policy of the basket{run.blockNumber ? `, read at block ${run.blockNumber}` : ''}: pause, lists,
      identity, limits.
    </p>
  )
}

export function ReservesDetail({ run }: { run: Run }) {
  const { figures, nodes } = run
  return (
    <>
      {figures ? (
        <p>
          Agreed on <Amount of={figures.reserves} /> in reserve against <Amount of={figures.liability} /> issued, as of{' '}
          <Time at={figures.observedAt} />.
        </p>
      ) : null}
      {nodes.length === 0 ? null : (
        <ul class="nodes" aria-label="What each node saw">
          {nodes.map((node) => (
            <Node key={node.id} node={node} />
          ))}
        </ul>
      )}
    </>
  )
}

const conductWords: Record<string, string> = {
  AGREED: 'agreed',
  LATE: 'late',
  SILENT: 'no answer',
  DISSENTED: 'differed',
  FAULTY: 'faulty',
}

function Node({ node: { id, conduct, observations } }: { node: Run['nodes'][number] }) {
  const seen = observations.find(({ amount }) => amount !== null)
  const agreed = conduct === 'AGREED'
  return (
    <li class={agreed ? '' : 'bad'}>
      <Icon name={agreed ? 'check' : 'alert'} />
      node {id} {seen?.amount ? <Amount of={seen.amount} /> : null} {conductWords[conduct] ?? conduct}
    </li>
  )
}

export function ReportDetail({ run }: { run: Run }) {
  const { report, nodes, faultyMax, executionId } = run
  if (report === null) return null
  const signers = report.signers.map((id) => `node ${id}`).join(', ')
  return (
    <>
      <p>
        Signed by <strong>{signers}</strong>: {faultyMax + 1} of {nodes.length} are needed.
      </p>
      <p>
        Execution <Hex of={executionId} />
      </p>
    </>
  )
}

export function TransactionDetail({ mint, run }: { mint: Mint; run: Run | undefined }) {
  const hash = mint.mintTx ?? run?.delivery?.txHash
  if (hash === undefined || hash === null) return null
  return (
    <p>
      <a href={pagePath(`tx/${hash}`)}>
        <code>{`${hash.slice(0, 10)}…${hash.slice(-6)}`}</code>
      </a>
      {mint.blockNumber ? `, block ${mint.blockNumber}` : ''}
      {run?.delivery?.gasShare ? `, ${run.delivery.gasShare.toLocaleString('en-GB')} gas for this order` : ''}
    </p>
  )
}

export function MintedDetail({ mint }: { mint: Mint }) {
  return (
    <p>
      The gateway read the mint of <Amount of={mint.amount} unit={symbolOf(mint.stablecoinAddress)} /> back from the
      chain
      {mint.blockNumber ? `, in block ${mint.blockNumber}` : ''}.
    </p>
  )
}
