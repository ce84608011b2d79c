/** The measurements, a row for each system and load: every figure the median of its repetitions. */
import { median } from '../base/figures'
import type { Machine } from '../base/machine'
import type { Cell, Measurement } from '../base/measurement'
import type { Mining, SystemId } from '../base/settings'

/** All measurements of one system in one way of mining, a repetition each. */
export interface Series {
  mining: Mining
  id: SystemId
  runs: Measurement[]
}

/** What a run of the benchmark found. */
export interface Results {
  series: Series[]
  machine: Machine
  /** Share of the machine's CPU time that went to other work meanwhile. */
  othersShare: number
}

export interface Row extends Cell {
  mining: Mining
  id: SystemId
  repetitions: number
}

const figures = [
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'mintsPerSecond',
  'cpuMsPerMint',
  'chainCpuMsPerMint',
  'gasPerMint',
  'mintsPerTransaction',
] as const

export function rowsOf(series: Series[]): Row[] {
  return series.flatMap(({ mining, id, runs }) =>
    (runs[0]?.cells ?? []).map((first) => {
      const cells = runs.flatMap(({ cells }) => cells.filter(({ shape }) => sameShape(first, shape)))
      const row: Row = { ...first, mining, id, repetitions: cells.length }
      for (const figure of figures) row[figure] = median(cells.map((cell) => cell[figure]))
      return row
    }),
  )
}

function sameShape({ shape }: Cell, other: Cell['shape']): boolean {
  return shape.inFlight === other.inFlight && shape.rounds === other.rounds
}

/** The two figures that systems are compared by. */
export interface Headline {
  /** Median time of a mint that has the system to itself; undefined where it was not measured. */
  aloneMs: number | undefined
  /** Settled mints a second under the load that suits the system best. */
  mostPerSecond: number | undefined
}

export function headline(rows: Row[], mining: Mining, id: SystemId): Headline {
  const own = rows.filter((row) => row.mining === mining && row.id === id)
  const most = Math.max(...own.map(({ mintsPerSecond }) => mintsPerSecond))
  return {
    aloneMs: own.find(({ shape }) => shape.inFlight === 1)?.p50Ms,
    mostPerSecond: own.length === 0 ? undefined : most,
  }
}
