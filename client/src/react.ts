/** `@cre-backend/client/react`: hooks for React 18 and later, and for preact/compat. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { CreClient } from './client'
import type { CreError } from './error'
import type { MintHandle } from './mint'
import type { Mint, MintRequest, ReserveRounds } from './types'

export interface MintState {
  /** The newest state; undefined until there is a mint. */
  mint: Mint | undefined
  /** Why it was refused, or cannot be read. */
  error: CreError | undefined
  /** From the click on until the mint has ended or failed to begin. */
  isPending: boolean
}

export interface UseMint extends MintState {
  /** Asks for the mint; while one is under way, every further call is that one. */
  submit(order: MintRequest): void
  /** Begins anew: the next `submit` is another mint. Nothing happens to the one that is under way. */
  reset(): void
}

const idle: MintState = { mint: undefined, error: undefined, isPending: false }

/**
 * A form that mints once, however often its button is clicked. With an `intent` the mint is found again after a reload and
 * in other tabs.
 */
export function useMint(client: CreClient, { intent }: { intent?: string } = {}): UseMint {
  const [state, setState] = useState(idle)
  /** What is followed now. */
  const following = useRef<AbortController>(undefined)
  const isSubmitted = useRef(false)

  const stop = useCallback(() => {
    following.current?.abort()
    isSubmitted.current = false
  }, [])
  const follow = useCallback(async (begin: () => Promise<MintHandle | undefined>) => {
    const { signal } = (following.current = new AbortController())
    const show = (next: MintState): void => {
      if (!signal.aborted) setState(next)
    }
    let mint: Mint | undefined
    try {
      const handle = await begin()
      if (handle) for await (mint of handle.states({ signal })) show({ mint, error: undefined, isPending: true })
      show({ mint, error: handle?.error, isPending: false })
    } catch (error) {
      show({ mint, error: error as CreError, isPending: false })
    }
    if (!signal.aborted) isSubmitted.current = false
  }, [])

  useEffect(() => {
    if (intent !== undefined) void follow(() => client.resume(intent))
    return stop
  }, [client, intent, follow, stop])

  const submit = useCallback(
    (order: MintRequest) => {
      if (isSubmitted.current) return
      stop()
      isSubmitted.current = true
      setState({ ...idle, isPending: true })
      void follow(() => client.mint(order, { intent }))
    },
    [client, intent, follow, stop],
  )
  const reset = useCallback(() => {
    stop()
    setState(idle)
    if (intent !== undefined) void client.forget(intent)
  }, [client, intent, stop])
  return { ...state, submit, reset }
}

/** Follows a mint by its id. */
export function useMintStatus(client: CreClient, id: string | undefined): MintState {
  const [state, setState] = useState(idle)
  useEffect(() => {
    setState({ ...idle, isPending: id !== undefined })
    if (id === undefined) return
    const over = new AbortController()
    const { signal } = over
    const read = async (): Promise<void> => {
      let mint: Mint | undefined
      try {
        const handle = client.mints.follow(id)
        for await (mint of handle.states({ signal })) setState({ mint, error: undefined, isPending: true })
        setState({ mint, error: handle.error, isPending: false })
      } catch (error) {
        if (!signal.aborted) setState({ mint, error: error as CreError, isPending: false })
      }
    }
    void read()
    return () => over.abort()
  }, [client, id])
  return state
}

export interface UseReserves {
  /** The newest figures. They stay while they cannot be read anew: `error` says so. */
  reserves: ReserveRounds | undefined
  error: CreError | undefined
  refresh(): void
}

/** The reserves of a basket, read anew every `everyMs` while the page is seen. */
export function useReserves(
  client: CreClient,
  basket: string,
  { everyMs = 15_000 }: { everyMs?: number } = {},
): UseReserves {
  const [state, setState] = useState<Omit<UseReserves, 'refresh'>>({ reserves: undefined, error: undefined })
  const again = useRef<() => void>(undefined)
  useEffect(() => {
    const over = new AbortController()
    const { signal } = over
    const read = async (): Promise<void> => {
      try {
        const reserves = await client.reserves.get(basket, { signal })
        if (!signal.aborted) setState({ reserves, error: undefined })
      } catch (error) {
        if (!signal.aborted) setState(({ reserves }) => ({ reserves, error: error as CreError }))
      }
    }
    again.current = () => void read()
    again.current()
    const timer = setInterval(() => {
      if (!document.hidden) void read()
    }, everyMs)
    return () => {
      clearInterval(timer)
      over.abort()
    }
  }, [client, basket, everyMs])
  return { ...state, refresh: useCallback(() => again.current?.(), []) }
}
