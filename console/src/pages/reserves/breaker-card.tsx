/** Whether minting is stopped, why, what ends it, and the switch for operators. */
import { useState } from 'preact/hooks'
import type { ReserveFigures } from '../../base/types'
import { breakerWords, endingOf } from '../../figures/breaker'
import { may } from '../../session/session'
import { Card } from '../../ui/page'
import { Badge } from '../../ui/status'
import { Time } from '../../ui/text'
import { SwitchDialog } from './switch-dialog'

export function BreakerCard({ figures, onDone }: { figures: ReserveFigures; onDone: () => void }) {
  const [act, setAct] = useState<'pause' | 'resume' | undefined>()
  const { breaker, mintingConsumerAddress } = figures
  const { tone, word, means } = breakerWords[breaker.state]
  const wanted = breaker.state === 'closed' ? 'pause' : 'resume'
  return (
    <Card title="Breaker" id="breaker" end={<Badge tone={tone}>{word}</Badge>}>
      <p>
        {means}
        {breaker.since ? (
          <>
            {' '}
            Since <Time at={breaker.since} />.
          </>
        ) : null}
      </p>
      <ul class="plain-list reasons">
        {Object.entries(breaker.reasons).map(([reason, text]) => (
          <li key={reason}>
            <div class="reason">
              <p>
                <strong>{endingOf(reason).title}</strong> <code>{reason}</code>
              </p>
              <p>{text}</p>
              <p class="muted">What ends it: {endingOf(reason).ends}</p>
            </div>
          </li>
        ))}
      </ul>
      <div class="card-foot">
        <button
          type="button"
          class={`button ${wanted === 'pause' ? 'danger' : 'main'}`}
          disabled={!may(`basket:${wanted}`)}
          onClick={() => setAct(wanted)}
        >
          {wanted === 'pause' ? 'Pause minting…' : 'Resume minting…'}
        </button>
        {may(`basket:${wanted}`) ? (
          <span class="muted small">Concerns this gateway; transfers go on.</span>
        ) : (
          <span class="muted small">
            This takes the permission <code>basket:{wanted}</code>, which your key lacks.
          </span>
        )}
      </div>
      {act === undefined ? null : (
        <SwitchDialog
          act={act}
          consumer={mintingConsumerAddress}
          onClose={() => {
            setAct(undefined)
            onDone()
          }}
        />
      )}
    </Card>
  )
}
