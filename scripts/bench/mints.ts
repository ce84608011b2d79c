/** `bench.sh mints`: every system under every load shape, several times over. */
import { describeMachine } from './base/machine'
import type { Cell } from './base/measurement'
import {
  type Mining,
  type Plan,
  type SystemId,
  beneficiaryCount,
  fullPlan,
  minings,
  mintsOf,
  quickPlan,
  systemNames,
} from './base/settings'
import { watchOthers } from './base/usage'
import { prepareOrigin } from './chain/beneficiaries'
import { type Environment, createEnvironment } from './chain/environment'
import { measure } from './measure'
import { keep, publish, publishChart } from './report/publish'
import type { Series } from './report/summary'

export interface MintsOptions {
  isQuick: boolean
  repetitions: number
  systems: SystemId[]
  /** Whether the tables go into its page and the chart beside the scripts. */
  publishes: boolean
}

export async function runMints(options: MintsOptions): Promise<void> {
  const plan = options.isQuick ? quickPlan : fullPlan
  const machine = describeMachine()
  const othersShare = watchOthers()
  const environment = await createEnvironment()
  const series: Series[] = []
  for (const mining of minings) series.push(...(await runMining(environment, plan, mining, options)))
  const tables = keep({ series, machine, othersShare: othersShare() })
  console.log(`\n${tables}\n`)
  if (!options.publishes) return
  publish('bench', tables)
  publishChart()
}

/** Each repetition takes every system once, so that what else the machine does meets all of them. */
async function runMining(
  environment: Environment,
  plan: Plan,
  mining: Mining,
  { repetitions, systems }: MintsOptions,
): Promise<Series[]> {
  const count = beneficiaryCount(plan, mining)
  console.log(`==> ${mining}: preparing a chain with ${count} registered beneficiaries`)
  const origin = await prepareOrigin({ ...environment, count, folder: environment.folder(mining.replaceAll(' ', '-')) })
  const measured = systems.filter((id) => plan[mining][id].length > 0)
  const series = measured.map((id): Series => ({ mining, id, runs: [] }))
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const { id, runs } of series) {
      const minutes = (performance.now() / 60_000).toFixed(1)
      console.log(
        `==> ${mining}, repetition ${repetition} of ${repetitions}: ${systemNames[id]} (${minutes} min so far)`,
      )
      const shapes = plan[mining][id].filter((shape) => repetition === 1 || shape.once !== true)
      runs.push(await measure({ environment, origin, id, mining, repetition, shapes, report }))
    }
  }
  return series
}

function report({ shape, p50Ms, p99Ms, mintsPerSecond, cpuMsPerMint, gasPerMint }: Cell): void {
  const words = [
    `${shape.inFlight} in flight, ${mintsOf(shape)} mints`,
    `p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`,
    `${mintsPerSecond.toFixed(2)} mints/s`,
    `${cpuMsPerMint.toFixed(1)} ms CPU and ${gasPerMint.toFixed(0)} gas a mint`,
  ]
  console.log(`    ${words.join('; ')}`)
}
