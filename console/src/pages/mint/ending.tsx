/** Why a mint ended unminted or is held up, with the figures that decided. */
import { pagePath } from '../../base/place'
import type { Mint } from '../../base/types'
import { symbolOf } from '../../ui/mint-table'
import { Reason } from '../../ui/reason'
import { Amount, Hex, Time } from '../../ui/text'

export function Ending({ mint }: { mint: Mint }) {
  const unit = symbolOf(mint.stablecoinAddress)
  const { reserves, liability, reserved, requested, deficit, limit, spent, resetsAt, policy } = mint
  const figures: [string, string | null | undefined][] = [
    ['Reserves', reserves],
    ['Issued', liability],
    ['Promised to others', reserved],
    ['Asked for', requested],
    ['Missing', deficit],
    ['Limit', limit],
    ['Used of it', spent],
  ]
  const known = figures.filter((figure): figure is [string, string] => figure[1] !== undefined && figure[1] !== null)
  return (
    <>
      <Reason code={codeOf(mint)} reason={mint.reason} detail={mint.error ?? sentences[mint.status] ?? 'It ended'} />
      {known.length === 0 && !policy ? null : (
        <dl class="facts">
          {known.map(([name, amount]) => (
            <>
              <dt>{name}</dt>
              <dd>
                <Amount of={amount} unit={unit} />
              </dd>
            </>
          ))}
          {policy ? (
            <>
              <dt>Policy</dt>
              <dd>
                <Hex of={policy} />
              </dd>
            </>
          ) : null}
        </dl>
      )}
      <Further mint={mint} />
      {resetsAt ? (
        <p>
          The count begins anew at <Time at={resetsAt} />.
        </p>
      ) : null}
    </>
  )
}

/** The page that says more about such a reason. */
function Further({ mint: { code, beneficiary, amount } }: { mint: Mint }) {
  if (code === 'ACE_REJECTED') {
    return (
      <p>
        <a href={pagePath(`compliance?account=${beneficiary}&amount=${amount}`)}>Which rule, and who can change it</a>
      </p>
    )
  }
  if (code === 'CIRCUIT_OPEN' || code?.startsWith('POR_')) {
    return (
      <p>
        <a href={pagePath('reserves')}>The reserves, and what ends the stop</a>
      </p>
    )
  }
  return null
}

function codeOf({ code, status }: Mint): string | undefined {
  return code ?? (status === 'cancelled' ? 'CANCELLED' : undefined)
}

const sentences: Partial<Record<Mint['status'], string>> = {
  cancelled: 'It was withdrawn before anything was started',
  uncertain: 'Its report may still take effect; the chain is asked until that is certain',
}
