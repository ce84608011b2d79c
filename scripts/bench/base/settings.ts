/** What is measured, under which load, and where the benchmark keeps its files. */
import { join } from 'node:path'
import { root } from '../../lib/paths'

/** Everything that a run writes, but for the checked-in chart and the tables of docs/benchmarks.md. */
export const benchDir = join(root, 'target/bench')
export const backendBinary = process.env.BACKEND_BIN ?? join(root, 'target/release/cre-backend')

/** Whole tokens of one mint: the smallest that the policies let pass is 1. */
export const mintTokens = '10'

/** How Anvil makes blocks. */
export const minings = ['automine', 'one-second blocks', 'one-second blocks of 30 M gas'] as const
export type Mining = (typeof minings)[number]

/** Large enough that a block's size is not what is measured. */
const boundless = 1_000_000_000

/** Gas limit of a block; the last one is Anvil's own, and was Ethereum's for years. */
export const blockGasLimits: Record<Mining, number> = {
  automine: boundless,
  'one-second blocks': boundless,
  'one-second blocks of 30 M gas': 30_000_000,
}

/** A closed loop: so many callers, each of which sends its next mint when the last one is settled. */
export interface Shape {
  inFlight: number
  /** Mints of each caller, one after another. */
  rounds: number
  /** Too slow to repeat: measured in the first repetition only. */
  once?: boolean
}

export function mintsOf({ inFlight, rounds }: Shape): number {
  return inFlight * rounds
}

export const systemIds = ['guide', 'cold', 'warm', 'batch', 'hand', 'floor'] as const
export type SystemId = (typeof systemIds)[number]

export const systemNames: Record<SystemId, string> = {
  guide: 'guide: Express, cold runs',
  cold: 'gateway: cold runs',
  warm: 'gateway: warm pool',
  batch: 'gateway: warm pool + batches',
  hand: 'server by hand, without DON',
  floor: 'floor: pre-signed reports',
}

/** Mints before the first cell: a process that stays compiles what it runs often, one for each run cannot. */
export const warmUps: Record<SystemId, Shape> = {
  guide: { inFlight: 1, rounds: 1 },
  cold: { inFlight: 1, rounds: 1 },
  warm: { inFlight: 8, rounds: 40 },
  batch: { inFlight: 8, rounds: 100 },
  hand: { inFlight: 8, rounds: 40 },
  floor: { inFlight: 8, rounds: 10 },
}

export type Plan = Record<Mining, Record<SystemId, Shape[]>>

const slow = { once: true } as const

/**
 * Sized so that all of it takes about a quarter of an hour on two cores. Where a block's gas is scarce, only batches are
 * compared with the floor: the other ways to mint do not fill a block. Ten times the work is measured with one-second blocks
 * only: a block costs Anvil the root of the whole state, so a long run with a block per mint would measure that.
 */
export const fullPlan: Plan = {
  automine: {
    guide: [shape(1, 4), shape(8, 1, slow), shape(64, 1, slow)],
    cold: [shape(1, 8), shape(8, 3), shape(64, 1, slow)],
    warm: [shape(1, 40), shape(8, 10), shape(64, 3)],
    batch: [shape(1, 40), shape(8, 10), shape(64, 3)],
    hand: [shape(1, 40), shape(8, 10), shape(64, 3)],
    floor: [shape(1, 40), shape(8, 10), shape(64, 3)],
  },
  'one-second blocks': {
    guide: [shape(1, 3), shape(8, 1, slow), shape(64, 1, slow)],
    cold: [shape(1, 4), shape(8, 2), shape(64, 1, slow)],
    warm: [shape(1, 5), shape(8, 5), shape(64, 5)],
    batch: [shape(1, 5), shape(8, 5), shape(64, 5), shape(640, 5, slow)],
    hand: [shape(1, 5), shape(8, 5), shape(64, 5)],
    floor: [shape(1, 5), shape(8, 5), shape(64, 5), shape(640, 5, slow)],
  },
  'one-second blocks of 30 M gas': {
    guide: [],
    cold: [],
    warm: [],
    batch: [shape(64, 5), shape(640, 5, slow)],
    hand: [],
    floor: [shape(64, 5), shape(640, 5, slow)],
  },
}

/** A look at whether everything works; its figures are of too few mints to be quoted. */
export const quickPlan: Plan = {
  automine: {
    guide: [shape(1, 2), shape(8, 1)],
    cold: [shape(1, 4), shape(8, 2)],
    warm: [shape(1, 10), shape(8, 5), shape(64, 2)],
    batch: [shape(1, 10), shape(8, 5), shape(64, 2)],
    hand: [shape(1, 10), shape(8, 5), shape(64, 2)],
    floor: [shape(1, 10), shape(8, 5), shape(64, 2)],
  },
  'one-second blocks': {
    guide: [shape(1, 2)],
    cold: [shape(1, 2), shape(8, 1)],
    warm: [shape(1, 3), shape(8, 3), shape(64, 2)],
    batch: [shape(1, 3), shape(8, 3), shape(64, 2)],
    hand: [shape(1, 3), shape(8, 3), shape(64, 2)],
    floor: [shape(1, 3), shape(8, 3), shape(64, 2)],
  },
  'one-second blocks of 30 M gas': {
    guide: [],
    cold: [],
    warm: [],
    batch: [shape(64, 2)],
    hand: [],
    floor: [shape(64, 2)],
  },
}

/**
 * As many beneficiaries as there are callers at most, so that no two mints under way are for the same one; and no more,
 * because Anvil computes the root of the whole state anew for every block.
 */
export function beneficiaryCount(plan: Plan, mining: Mining): number {
  return Math.max(...Object.values(plan[mining]).flatMap((shapes) => shapes.map(({ inFlight }) => inFlight)))
}

function shape(inFlight: number, rounds: number, more: { once?: true } = {}): Shape {
  return { inFlight, rounds, ...more }
}
