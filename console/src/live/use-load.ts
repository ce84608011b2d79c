/** An answer of the gateway, kept up to date for as long as it is shown. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { isCreError } from '../base/gateway'
import type { GatewayEvent } from '../base/types'
import { onChange } from './changes'

export interface Loading<Value> {
  /** The newest answer; stays when a later request fails. */
  value: Value | undefined
  error: Error | undefined
  /** When it is asked again after an error, in milliseconds. */
  retryAt: number | undefined
  reload: () => void
}

interface Options {
  /** Which events make it worth asking again; default: every one. */
  when?: (event: GatewayEvent) => boolean
  /** Asks again after so many milliseconds too. */
  everyMs?: number
}

const settleMs = 250
const [retryFirstMs, retryMostMs] = [2_000, 30_000]
const keptMost = 60
/** Answers of pages that were shown before, so that going back shows something at once. */
const kept = new Map<string, unknown>()

function keep(key: string, value: unknown): void {
  kept.delete(key)
  kept.set(key, value)
  const [oldest] = kept.keys()
  if (kept.size > keptMost && oldest !== undefined) kept.delete(oldest)
}

/** Whether asking again may help. */
function mayPass(error: unknown): boolean {
  const status = isCreError(error) ? (error.httpStatus ?? 0) : 0
  return status < 400 || status >= 500 || status === 429
}

/** `key` names what is loaded: another key is another thing; `undefined` loads nothing. */
export function useLoad<Value>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<Value>,
  { when, everyMs }: Options = {},
): Loading<Value> {
  const [state, setState] = useState<{ key?: string; value?: Value; error?: Error; retryAt?: number }>({})
  const [round, setRound] = useState(0)
  const failures = useRef(0)
  const loadRef = useRef(load)
  const whenRef = useRef(when)
  loadRef.current = load
  whenRef.current = when
  const reload = useCallback(() => setRound((before) => before + 1), [])

  useEffect(() => {
    if (key === undefined) return
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    loadRef.current(abort.signal).then(
      (value) => {
        if (abort.signal.aborted) return
        failures.current = 0
        keep(key, value)
        setState({ key, value })
        if (everyMs !== undefined) timer = setTimeout(reload, everyMs)
      },
      (error: Error) => {
        if (abort.signal.aborted) return
        failures.current += 1
        const waitMs = Math.min(retryMostMs, retryFirstMs * 2 ** (failures.current - 1))
        const asksAgain = mayPass(error)
        const value = kept.get(key) as Value | undefined
        setState({ key, value, error, ...(asksAgain ? { retryAt: Date.now() + waitMs } : {}) })
        if (asksAgain) timer = setTimeout(reload, waitMs)
      },
    )
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [key, round, everyMs])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = onChange((event) => {
      if (event !== undefined && whenRef.current?.(event) === false) return
      timer ??= setTimeout(() => {
        timer = undefined
        reload()
      }, settleMs)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [reload])

  const isOfKey = state.key === key
  return {
    value: isOfKey ? state.value : key === undefined ? undefined : (kept.get(key) as Value | undefined),
    error: isOfKey ? state.error : undefined,
    retryAt: isOfKey ? state.retryAt : undefined,
    reload,
  }
}
