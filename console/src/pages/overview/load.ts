/** Everything that the overview shows, asked for at once, so that it appears at once. */
import { ask, query } from '../../base/gateway'
import { gatewayUrl } from '../../base/place'
import type { Mint, MintPage, MintSummary, Readiness, ReserveRounds } from '../../base/types'
import { may } from '../../session/session'

export interface OverviewAnswer {
  reserves: ReserveRounds
  /** Undefined where the caller may not see mints. */
  latest: MintPage | undefined
  uncertain: Mint[]
  waiting: Mint[]
  summary: MintSummary | undefined
  readiness: Readiness | undefined
}

const shownMost = 8
const wantedMost = 20

export async function loadOverview(basket: string, signal: AbortSignal): Promise<OverviewAnswer> {
  const seesMints = may('mint:read')
  const mints = (parameters: Record<string, string>) =>
    seesMints ? ask<MintPage>(`/mints${query({ basket, ...parameters })}`, { signal }) : undefined
  const today = dayOf(new Date())
  const [reserves, latest, uncertain, queued, summary, readiness] = await Promise.all([
    ask<ReserveRounds>(`/reserves/${basket}`, { signal }),
    mints({ limit: String(shownMost) }),
    mints({ status: 'uncertain', limit: String(wantedMost) }),
    mints({ status: 'queued', limit: String(wantedMost) }),
    seesMints ? ask<MintSummary>(`/mints/summary${query({ basket, ...today })}`, { signal }) : undefined,
    readinessNow(signal),
  ])
  const waiting = (queued?.mints ?? []).filter(({ code }) => code !== undefined && code !== null)
  return { reserves, latest, uncertain: uncertain?.mints ?? [], waiting, summary, readiness }
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
