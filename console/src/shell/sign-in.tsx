/** The way in where the gateway asks everybody for a key. */
import { useState } from 'preact/hooks'
import { keyNeeded, signIn } from '../session/session'
import { Field } from '../ui/field'
import { Page } from '../ui/page'
import { sentence } from '../ui/reason'
import { ErrorBox } from '../ui/states'

export function SignIn() {
  const [key, setKey] = useState('')
  const [error, setError] = useState<Error | undefined>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    await signIn(key.trim()).catch(setError)
    setBusy(false)
  }
  return (
    <Page title="Sign in" lead={`This gateway asks for a key. ${sentence(keyNeeded.value ?? '')}`}>
      <form class="card form" onSubmit={submit}>
        <Field
          id="key"
          label="Access key"
          type="password"
          mono
          value={key}
          onText={setKey}
          required
          hint="It begins with cre_. The browser keeps a cookie that no script can read, not the key."
        />
        <div>
          <button type="submit" class="button main" disabled={busy || key.trim() === ''}>
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </div>
        {error ? <ErrorBox error={error} /> : null}
      </form>
    </Page>
  )
}
