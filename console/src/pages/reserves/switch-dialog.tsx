/** Pauses or resumes minting of a basket, with the reason that the log keeps. */
import { useState } from 'preact/hooks'
import { ask } from '../../base/gateway'
import type { OperatorAnswer } from '../../base/types'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { ErrorBox } from '../../ui/states'
import { OnChain } from './on-chain'

const words = {
  pause: { title: 'Pause minting', verb: 'Pause', done: 'Minting is paused here.' },
  resume: { title: 'Resume minting', verb: 'Resume', done: 'One mint may try; when it is minted, all others follow.' },
} as const

export function SwitchDialog({
  act,
  consumer,
  onClose,
}: {
  act: 'pause' | 'resume'
  consumer: string
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const [error, setError] = useState<Error | undefined>()
  const [answer, setAnswer] = useState<OperatorAnswer | undefined>()
  const [busy, setBusy] = useState(false)
  const { title, verb, done } = words[act]
  const submit = async (event: Event) => {
    event.preventDefault()
    if (reason.trim() === '' || busy) return
    setBusy(true)
    setError(undefined)
    const sent = { method: 'POST' as const, body: { reason: reason.trim() } }
    await ask<OperatorAnswer>(`/baskets/${consumer}/${act}`, sent).then(setAnswer, setError)
    setBusy(false)
  }
  return (
    <Dialog title={title} onClose={onClose}>
      {answer === undefined ? (
        <form class="form" onSubmit={submit}>
          <Field
            id="reason"
            label="Reason"
            required
            value={reason}
            onText={setReason}
            hint="Everybody who is refused reads it, and the log keeps it with your name."
          />
          {error ? <ErrorBox error={error} /> : null}
          <div>
            <button
              type="submit"
              class={`button ${act === 'pause' ? 'danger' : 'main'}`}
              disabled={busy || reason.trim() === ''}
            >
              {verb} minting
            </button>
          </div>
        </form>
      ) : (
        <div class="stack">
          <p class="notice good">{done}</p>
          <OnChain call={answer.onChain} act={act} />
        </div>
      )}
    </Dialog>
  )
}
