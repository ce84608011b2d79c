/** Where and with what a benchmark was made. */
import { spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { keccak256 } from 'viem'
import { root, workflowDir } from '../../lib/paths'

export interface Machine {
  /** ISO date. */
  date: string
  commit: string
  hardware: string
  software: string
  /** How long a fixed piece of work takes one core, in milliseconds: what tables of two machines differ by. */
  calibrationMs: number
}

/** Bytes that are hashed in JavaScript for the calibration, and how often: the shortest time counts. */
const calibrationBytes = 1_000_000
const calibrationTries = 10

export function describeMachine(): Machine {
  const [first] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    hardware: `${cpus().length} cores of ${first?.model.trim() ?? 'an unknown processor'}, ${Math.round(totalmem() / 1e9)} GB`,
    software: `Bun ${Bun.version}, Anvil ${/Version: (\S+)/.exec(said('anvil', ['--version']))?.[1]}`,
    calibrationMs: calibrate(),
  }
}

function calibrate(): number {
  const bytes = new Uint8Array(calibrationBytes)
  const times = Array.from({ length: calibrationTries }, () => {
    const began = performance.now()
    keccak256(bytes)
    return performance.now() - began
  })
  return Math.min(...times)
}

/** One sentence about the processor. */
export function calibrationOf({ calibrationMs }: Machine): string {
  return `Calibration: keccak256 of 1 MB in JavaScript takes one core ${calibrationMs.toFixed(0)} ms.`
}

/** One sentence: `othersShare` of the machine's CPU time, from 0 to 1, went to other work. */
export function provenanceOf({ date, commit, hardware, software }: Machine, othersShare: number): string {
  const others = `other work took ${Math.round(othersShare * 100)} % of its CPU time meanwhile`
  return `Made ${date} at ${commit} on ${hardware} (${software}); ${others}.`
}

/** What is measured is the backend and the workflow; a new figure in the documents does not change it. */
function commit(): string {
  const changed = said('git', ['status', '--porcelain', '--', 'src', 'Cargo.lock', workflowDir]) !== ''
  return `${said('git', ['rev-parse', '--short', 'HEAD'])}${changed ? ' with changes' : ''}`
}

function said(command: string, args: string[]): string {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? ''
}
