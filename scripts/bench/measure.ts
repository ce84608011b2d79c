/** Measures one system under its load shapes, on a chain and processes of its own. */
import { join } from 'node:path'
import type { Address } from 'viem'
import { percentile } from './base/figures'
import type { Cell, Measurement } from './base/measurement'
import { type Mining, type Shape, type SystemId, mintsOf, warmUps } from './base/settings'
import { cpuSeconds, ownCpuSeconds, residentNow, watchPeak } from './base/usage'
import { type Chain, hurry, refreshClock, startChain } from './chain/anvil'
import type { Origin } from './chain/beneficiaries'
import type { Environment } from './chain/environment'
import { type Answer, openReader } from './chain/ledger'
import { startFloor } from './systems/floor'
import { gatewayWith } from './systems/gateway'
import { startGuide } from './systems/guide'
import { startHand } from './systems/hand'
import type { StartSystem, System } from './systems/system'

/** A run waits for its block: where blocks take their time, every transmitter key has a run under way. */
const concurrency: Record<Mining, Record<string, string>> = {
  automine: {},
  'one-second blocks': { WORKFLOW_CONCURRENCY: '8' },
  'one-second blocks of 30 M gas': { WORKFLOW_CONCURRENCY: '8' },
}

/** After five seconds without work the workflow's processes collect what they needed to start. */
const settlingMs = 6_000

/** The beneficiaries hold the token already: so many of them have gas in one delivery (snapshots/GasTest.json). */
const batchMax = '27'

/** How a system is started. */
export function starting(id: SystemId, mining: Mining): StartSystem {
  const runs = concurrency[mining]
  switch (id) {
    case 'guide':
      return startGuide
    case 'cold':
      return gatewayWith({ ...runs, WORKFLOW_MODE: 'cold', BATCH_MAX: '1' })
    case 'warm':
      return gatewayWith({ ...runs, WORKFLOW_MODE: 'warm', BATCH_MAX: '1' })
    case 'batch':
      return gatewayWith({ ...runs, WORKFLOW_MODE: 'warm', BATCH_MAX: batchMax })
    case 'hand':
      return startHand
    case 'floor':
      return startFloor
  }
}

export interface Subject {
  environment: Environment
  origin: Origin
  id: SystemId
  mining: Mining
  repetition: number
  shapes: Shape[]
  /** Hears of each finished cell. */
  report: (cell: Cell) => void
}

export async function measure({
  environment,
  origin,
  id,
  mining,
  repetition,
  shapes,
  report,
}: Subject): Promise<Measurement> {
  const name = `${mining}-${repetition}-${id}`.replaceAll(' ', '-')
  const folder = environment.folder(name)
  const log = join(folder, 'anvil.log')
  const chain = await startChain({ port: environment.chainPort, mining, loadState: origin.stateFile, log })
  const system = await starting(id, mining)({ environment, chain, folder, name })
  const { pid } = system
  if (id === 'warm' || id === 'batch') await Bun.sleep(settlingMs)
  const resident = pid === undefined ? undefined : { idle: residentNow(pid), peak: watchPeak(pid) }
  const chainPeak = watchPeak(chain.program.pid)
  const warmUp = { environment, origin, chain, system, shape: warmUps[id] }
  await hurry(chain, () => measureCell(warmUp)) // not counted
  const cells: Cell[] = []
  for (const shape of shapes) {
    const cell = await measureCell({ environment, origin, chain, system, shape })
    cells.push(cell)
    report(cell)
  }
  const memory = resident === undefined ? undefined : { idle: resident.idle, peak: resident.peak() }
  const chainPeakMb = chainPeak().own
  await system.stop()
  await chain.program.stop()
  return { cells, chainPeakMb, memory }
}

interface Bench {
  environment: Environment
  origin: Origin
  chain: Chain
  system: System
  shape: Shape
}

async function measureCell({ environment, origin, chain, system, shape }: Bench): Promise<Cell> {
  const accountOf = (lane: number, round: number): Address => {
    const { beneficiaries } = origin
    return beneficiaries[(round * shape.inFlight + lane) % beneficiaries.length] as Address
  }
  await refreshClock(chain)
  await system.prepare?.(shape, accountOf)
  const reader = await openReader(chain.rpc, environment.deployment.firstBasket)
  const cpu = () => (system.pid === undefined ? ownCpuSeconds() : cpuSeconds(system.pid))
  const before = { system: cpu(), chain: cpuSeconds(chain.program.pid) }
  const { answers, latencies, seconds } = await closedLoop(system, shape, accountOf)
  const used = { system: cpu() - before.system, chain: cpuSeconds(chain.program.pid) - before.chain }
  const settlement = await reader.settle(answers)
  const mints = mintsOf(shape)
  return {
    shape,
    p50Ms: percentile(latencies, 50),
    p95Ms: percentile(latencies, 95),
    p99Ms: percentile(latencies, 99),
    mintsPerSecond: mints / seconds,
    cpuMsPerMint: (used.system * 1000) / mints,
    chainCpuMsPerMint: (used.chain * 1000) / mints,
    ...settlement,
  }
}

interface Loop {
  answers: Answer[]
  latencies: number[]
  seconds: number
}

/** Every caller sends its next mint as soon as its last one is settled; a mint that fails ends the benchmark. */
async function closedLoop(
  system: System,
  shape: Shape,
  accountOf: (lane: number, round: number) => Address,
): Promise<Loop> {
  const [answers, latencies]: [Answer[], number[]] = [[], []]
  const began = performance.now()
  const callers = Array.from({ length: shape.inFlight }, async (_, lane) => {
    for (let round = 0; round < shape.rounds; round++) {
      const account = accountOf(lane, round)
      const sent = performance.now()
      const tx = await system.mint({ lane, round, account })
      latencies.push(performance.now() - sent)
      answers.push({ account, tx })
    }
  })
  await Promise.all(callers)
  return { answers, latencies, seconds: (performance.now() - began) / 1000 }
}
