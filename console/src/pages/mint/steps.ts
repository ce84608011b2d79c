/** A mint as the steps that it goes through, from the mint itself and from what its newest run can show. */
import type { Evidence, Mint, Run } from '../../base/types'

export type StepName =
  | 'accepted'
  | 'admission'
  | 'compliance'
  | 'reserves'
  | 'report'
  | 'transaction'
  | 'minted'
  | 'final'
export type StepState = 'done' | 'busy' | 'open' | 'refused' | 'held'

export interface Step {
  name: StepName
  state: StepState
  /** What it took, in milliseconds. */
  tookMs: number | undefined
}

export interface Story {
  steps: Step[]
  /** The newest run that said something. */
  run: Run | undefined
}

const order: StepName[] = ['accepted', 'compliance', 'reserves', 'report', 'transaction', 'minted', 'final']

/** In which step a run refuses with this code. */
function stepOfCode(code: string | null | undefined): StepName {
  if (code === undefined || code === null) return 'compliance'
  return code.startsWith('POR_') || code === 'NO_RESERVE_ASSIGNED' ? 'reserves' : 'compliance'
}

export function storyOf(mint: Mint, evidence: Evidence | undefined): Story {
  const run = evidence?.runs.at(-1)
  if (mint.status === 'rejected' && mint.attempts === 0) {
    const steps: Step[] = [
      { name: 'accepted', state: 'done', tookMs: undefined },
      { name: 'admission', state: 'refused', tookMs: undefined },
    ]
    return { steps, run: undefined }
  }
  const ended = mint.status === 'rejected' || mint.status === 'failed' || mint.status === 'cancelled'
  const reached = reachedBy(mint, run)
  const next = order[reached + 1]
  const steps = order.map((name, at): Step => {
    const tookMs = tookBy(name, run)
    if (at <= reached) return { name, state: 'done', tookMs }
    if (name !== next) return { name, state: 'open', tookMs: undefined }
    if (ended) return { name, state: 'refused', tookMs }
    return { name, state: mint.status === 'uncertain' || isHeldUp(mint) ? 'held' : 'busy', tookMs: undefined }
  })
  return { steps, run }
}

export function isHeldUp({ status, code }: Mint): boolean {
  return status === 'queued' && code !== undefined && code !== null
}

/** The last step that is behind it. */
function reachedBy({ status, code }: Mint, run: Run | undefined): number {
  if (status === 'finalized') return order.indexOf('final')
  if (status === 'minted') return order.indexOf('minted')
  if (status === 'submitted') return order.indexOf('transaction')
  if (status === 'rejected' && run === undefined) return order.indexOf(stepOfCode(code)) - 1
  if (run === undefined || (status === 'executing' && run.verdict.outcome !== 'delivered'))
    return order.indexOf('accepted')
  if (run.verdict.outcome === 'refused') return order.indexOf(stepOfCode(run.verdict.code)) - 1
  if (run.delivery !== null) return order.indexOf('transaction')
  if (run.report !== null) return order.indexOf('report')
  return run.figures === null ? order.indexOf('accepted') : order.indexOf('compliance')
}

function tookBy(name: StepName, run: Run | undefined): number | undefined {
  if (run === undefined) return undefined
  const took = run.stepsMillis
  const parts: Record<StepName, (number | undefined)[]> = {
    accepted: [],
    admission: [],
    compliance: [took['compliance']],
    reserves: [took['reserves'], took['consensus']],
    report: [took['sign']],
    transaction: [took['deliver']],
    minted: [took['confirm']],
    final: [],
  }
  const known = parts[name].filter((part) => part !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, part) => sum + part, 0)
}
