/** What can be done about a mint as it stands: withdraw it, try it again. */
import { useState } from 'preact/hooks'
import { ask } from '../../base/gateway'
import type { Mint } from '../../base/types'
import { may } from '../../session/session'
import { ErrorBox } from '../../ui/states'

export function Acts({ mint, onDone }: { mint: Mint; onDone: () => void }) {
  const [error, setError] = useState<Error | undefined>()
  const [busy, setBusy] = useState(false)
  const act = possible(mint)
  if (act === undefined) return null
  if (!may('mint:write')) {
    return (
      <p class="muted small">
        {act.missing} takes the permission <code>mint:write</code>, which your key lacks.
      </p>
    )
  }
  const run = async () => {
    setBusy(true)
    setError(undefined)
    const headers = { prefer: 'respond-async' }
    await ask(`/mints/${mint.mintId}/${act.path}`, { method: 'POST', headers }).catch(setError)
    setBusy(false)
    onDone()
  }
  return (
    <>
      <div class="card-foot">
        <button type="button" class={`button ${act.style}`} onClick={run} disabled={busy}>
          {act.word}
        </button>
        <span class="muted small">{act.means}</span>
      </div>
      {error ? <ErrorBox error={error} /> : null}
    </>
  )
}

interface Act {
  path: 'retry' | 'cancel'
  word: string
  style: string
  means: string
  missing: string
}

function possible({ status }: Mint): Act | undefined {
  if (status === 'queued') {
    return {
      path: 'cancel',
      word: 'Withdraw it',
      style: 'danger',
      means: 'Nothing of it was started yet.',
      missing: 'Withdrawing it',
    }
  }
  if (status === 'rejected' || status === 'failed') {
    return {
      path: 'retry',
      word: 'Try it again',
      style: 'main',
      means: 'Under the same reference: it can never mint twice.',
      missing: 'Trying it again',
    }
  }
  return undefined
}
