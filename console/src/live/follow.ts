/**
 * Follows the gateway for as long as the page is open: by the one event stream that all tabs share, and by asking now and
 * then while there is none.
 */
import { followEvents } from '@cre-backend/client/events'
import { client } from '../base/gateway'
import { may } from '../session/session'
import { following, heardAt, tell } from './changes'
import { startPolling } from './poll'

export function startFollowing(): void {
  let stopPolling: (() => void) | undefined = startPolling()
  if (!may('event:read')) return
  followEvents(client, {
    event(event) {
      heardAt.value = Date.now()
      tell(event)
    },
    live(isLive) {
      heardAt.value = Date.now()
      if (isLive) {
        stopPolling?.()
        stopPolling = undefined
        following.value = 'stream'
        tell(undefined)
      } else stopPolling ??= startPolling()
    },
  })
}
