/** Which mints are listed: kept in the page's address, so that it can be sent to somebody and gone back to. */
import { query as asQuery } from '../../base/gateway'
import { consolePath } from '../../base/place'

export interface MintFilter {
  status: string
  basket: string
  beneficiary: string
  bankReference: string
  code: string
  tx: string
  /** Dates as the input gives them, `2026-11-30`, in the reader's zone. */
  from: string
  to: string
  cursor: string
}

export const names = ['status', 'basket', 'beneficiary', 'bankReference', 'code', 'tx', 'from', 'to', 'cursor'] as const

export function filterOf(query: Record<string, string>): MintFilter {
  return Object.fromEntries(names.map((name) => [name, query[name] ?? ''])) as unknown as MintFilter
}

/** The address of the page with this filter. */
export function placeOf(filter: MintFilter): string {
  return `${consolePath}mints${asQuery({ ...filter })}`
}

/** The same for the gateway: whole days as the moments at which they begin and end. */
export function parametersOf({ from, to, ...same }: MintFilter): Record<string, string> {
  return {
    ...same,
    createdFrom: from === '' ? '' : new Date(`${from}T00:00:00`).toISOString(),
    createdTo: to === '' ? '' : dayAfter(to).toISOString(),
  }
}

function dayAfter(date: string): Date {
  const end = new Date(`${date}T00:00:00`)
  end.setDate(end.getDate() + 1)
  return end
}

export function isFiltered({ cursor: _, ...filter }: MintFilter): boolean {
  return Object.values(filter).some((value) => value !== '')
}
