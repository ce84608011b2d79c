/**
 * Follows the gateway: by the one event stream that all tabs share where the caller may, and by asking now and then while
 * there is none.
 */
import { followEvents } from '@cre-backend/client/events'
import { client } from '../base/gateway'
import { following, heardAt, tell } from './changes'
import { startPolling } from './poll'

/** Begins; answers with what ends it. */
export function startFollowing({ byStream }: { byStream: boolean }): () => void {
  let stopPolling: (() => void) | undefined = startPolling()
  const stopStream = byStream
    ? followEvents(client, {
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
    : undefined
  return () => {
    stopPolling?.()
    stopStream?.()
  }
}
