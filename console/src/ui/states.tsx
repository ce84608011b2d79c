/** What a page shows in place of its content: loading, error, not allowed, empty. */
import type { ComponentChildren } from 'preact'
import { isCreError, isUnreachable } from '../base/gateway'
import type { Scope } from '../base/types'
import { now } from '../live/now'
import type { Loading } from '../live/use-load'
import { may, who } from '../session/session'
import { Reason } from './reason'

export function Skeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={String(row)} />
      ))}
    </div>
  )
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}

function NextTry({ at }: { at: number | undefined }) {
  if (at === undefined) return null
  const seconds = Math.max(0, Math.ceil((at - now.value) / 1_000))
  return <p class="muted">{seconds === 0 ? 'Trying again now.' : `Trying again in ${seconds} s.`}</p>
}

export function ErrorBox({ error, retryAt, onRetry }: { error: Error; retryAt?: number; onRetry?: () => void }) {
  const isAway = isUnreachable(error)
  const problem = isCreError(error) && !isAway ? error.problem : undefined
  const title = isAway ? 'The gateway does not answer' : (problem?.title ?? 'This did not work')
  const detail = isAway
    ? 'It may be restarting, or the connection is gone. What was accepted before is not lost.'
    : error.message
  return (
    <div class="notice bad" role="alert">
      <p class="notice-title">{title}</p>
      <Reason code={problem?.code} reason={problem?.reason} detail={detail} />
      <NextTry at={retryAt} />
      {onRetry ? (
        <button type="button" class="button" onClick={onRetry}>
          Try again now
        </button>
      ) : null}
    </div>
  )
}

/** Shows what was loaded, or why there is nothing to show. A failure beside an older answer leaves that in place. */
export function Loaded<Value>({
  from,
  rows,
  children,
}: {
  from: Loading<Value>
  rows?: number
  children: (value: Value) => ComponentChildren
}) {
  if (from.value !== undefined) return <>{children(from.value)}</>
  if (from.error !== undefined) return <ErrorBox error={from.error} retryAt={from.retryAt} onRetry={from.reload} />
  return <Skeleton rows={rows} />
}

const meanings: Partial<Record<Scope, string>> = {
  'mint:read': 'to see mints',
  'mint:write': 'to mint, to try again and to cancel',
  'reserve:read': 'to see baskets, reserves and compliance',
  'basket:pause': 'to pause minting',
  'basket:resume': 'to resume minting',
}

/** The children where the caller may see them, else which permission is missing. */
export function Allowed({ scope, children }: { scope: Scope; children: ComponentChildren }) {
  if (who.value === undefined || may(scope)) return <>{children}</>
  return <NotAllowed scope={scope} />
}

export function NotAllowed({ scope }: { scope: Scope }) {
  return (
    <div class="notice warn">
      <p class="notice-title">Your key is not allowed {meanings[scope] ?? 'to do this'}</p>
      <p>
        It lacks the permission <code>{scope}</code>. An administrator can make a key that has it.
      </p>
    </div>
  )
}
