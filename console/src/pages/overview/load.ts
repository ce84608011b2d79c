/** Everything that the overview shows, asked for at once, so that it appears at once. */
import { ask, query } from '../../base/gateway'
import { gatewayUrl } from '../../base/place'
import type { Attention, MintPage, MintSummary, Readiness, ReserveRounds } from '../../base/types'
import { may } from '../../session/session'

export interface OverviewAnswer {
  reserves: ReserveRounds
  /** Undefined where the caller may not see mints. */
  latest: MintPage | undefined
  /** Undefined where the caller may not see it. */
  attention: Attention | undefined
  summary: MintSummary | undefined
  readiness: Readiness | undefined
}

const shownMost = 8

export async function loadOverview(basket: string, signal: AbortSignal): Promise<OverviewAnswer> {
  const seesMints = may('mint:read')
  const today = dayOf(new Date())
  const [reserves, latest, attention, summary, readiness] = await Promise.all([
    ask<ReserveRounds>(`/reserves/${basket}`, { signal }),
    seesMints ? ask<MintPage>(`/mints${query({ basket, limit: String(shownMost) })}`, { signal }) : undefined,
    seesMints && may('event:read') ? ask<Attention>('/attention', { signal }) : undefined,
    seesMints ? ask<MintSummary>(`/mints/summary${query({ basket, ...today })}`, { signal }) : undefined,
    readinessNow(signal),
  ])
  return { reserves, latest, attention, summary, readiness }
}

/** The reader's day, as the moments at which it begins and ends. */
function dayOf(moment: Date): { createdFrom: string; createdTo: string } {
  const midnight = (days: number) =>
    new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() + days).toISOString()
  return { createdFrom: midnight(0), createdTo: midnight(1) }
}

/** Which part does not answer; the client would make an error of status 503. */
async function readinessNow(signal: AbortSignal): Promise<Readiness> {
  const response = await fetch(`${gatewayUrl}/ready`, { signal })
  return (await response.json()) as Readiness
}
