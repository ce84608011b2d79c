/** Follows the gateway by asking for the number of its newest event, where there is no stream. */
import { ask } from '../base/gateway'
import { following, heardAt, tell } from './changes'

const everyMs = 4_000

export function startPolling(): () => void {
  let seq: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const look = async () => {
    try {
      const { eventHead } = await ask<{ eventHead: { seq: number } }>('/health')
      if (stopped) return
      const wasLost = following.value === 'lost'
      following.value = 'asking'
      heardAt.value = Date.now()
      if ((seq !== undefined && eventHead.seq !== seq) || wasLost) tell(undefined)
      seq = eventHead.seq
    } catch {
      if (!stopped) following.value = 'lost'
    }
    if (!stopped) timer = setTimeout(look, everyMs)
  }
  look()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
