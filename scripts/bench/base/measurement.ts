/** What a measurement finds. */
import type { Shape } from './settings'
import type { Memory } from './usage'

/** What the chain says about the mints of a cell. */
export interface Settlement {
  /** Gas of all transactions that minted, over the mints in them. */
  gasPerMint: number
  /** Mints in one transaction, on average. */
  mintsPerTransaction: number
}

/** The figures of one system under one load shape. */
export interface Cell extends Settlement {
  shape: Shape
  p50Ms: number
  p95Ms: number
  p99Ms: number
  mintsPerSecond: number
  /** CPU of the system's processes. */
  cpuMsPerMint: number
  /** CPU of the chain beside it. */
  chainCpuMsPerMint: number
}

export interface Measurement {
  cells: Cell[]
  /** Absent for the floor, which has no process of its own. */
  memory?: { idle: Memory; peak: Memory }
  chainPeakMb: number
}
