/** Requests to the gateway that serves this page, by its client. */
import { CreError, createClient } from '@cre-backend/client'
import { gatewayUrl } from './place'

export const client = createClient({ baseUrl: gatewayUrl })

const timeoutMs = 20_000

export interface Ask {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Asks once for JSON; who shows the answer says when it is asked again. Throws a {@link CreError}. */
export async function ask<Answer>(path: string, { signal, ...sent }: Ask = {}): Promise<Answer> {
  const inTime = AbortSignal.timeout(timeoutMs)
  try {
    const response = await client.send(path, {
      ...sent,
      signal: signal === undefined ? inTime : AbortSignal.any([signal, inTime]),
      repeatable: false,
    })
    return (await response.json()) as Answer
  } catch (error) {
    if (!inTime.aborted) throw error
    throw new CreError({ code: 'NETWORK', detail: `the gateway does not answer within ${timeoutMs / 1_000} s` })
  }
}

export function isCreError(error: unknown): error is CreError {
  return error instanceof CreError
}

/** Whether nobody answered, or somebody else did. */
export function isUnreachable(error: unknown): boolean {
  return isCreError(error) && (error.code === 'NETWORK' || error.code === 'UNREADABLE')
}

/** `?a=1&b=2` of what is set; `''` of nothing. */
export function query(parameters: Record<string, string | string[] | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== '') search.append(name, one)
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}
