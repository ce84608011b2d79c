/** Who asks, what that may do, and the way out. */
import { useState } from 'preact/hooks'
import { signOut, who } from '../session/session'
import { Dialog } from '../ui/dialog'

export function SignedIn() {
  const [open, setOpen] = useState(false)
  const me = who.value
  if (me === undefined) return null
  return (
    <>
      <button type="button" class="button plain small account" onClick={() => setOpen(true)}>
        {me.account}
      </button>
      {open ? (
        <Dialog title="Who you are here" onClose={() => setOpen(false)}>
          <dl class="facts">
            <dt>Account</dt>
            <dd>{me.account}</dd>
            <dt>Key</dt>
            <dd>{me.key === null ? 'none: this machine needs no key until one is made' : (me.holder ?? me.key)}</dd>
            <dt>May</dt>
            <dd>
              {me.scopes.map((scope) => (
                <div key={scope}>
                  <code>{scope}</code>
                </div>
              ))}
            </dd>
          </dl>
          {me.key === null ? null : (
            <div class="card-foot">
              <button type="button" class="button" onClick={() => signOut().then(() => setOpen(false))}>
                Sign out
              </button>
            </div>
          )}
        </Dialog>
      ) : null}
    </>
  )
}
