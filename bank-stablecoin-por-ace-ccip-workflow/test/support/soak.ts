import { readFileSync } from 'node:fs'
import { keysFor, removeTemporary, startChain } from './fixture'
import { createProject, payloadOf, runDirectory, runInProcess, tokens } from './project'
import { startReserveSource } from './reserve-source'
import { startServing } from './serving'
import { ACCOUNTS } from './fixture'

/** One measurement: after `runs` runs, resident memory in MiB and threads of the process. */
export type SoakSample = { runs: number; rssMiB: number; threads: number }

/**
 * Runs the workflow many times in one process, every tenth time with a node that crashes and one time in ten with a node
 * that stalls, and measures what a run leaves behind.
 */
export async function soak(params: {
  runs: number
  every: number
  onSample?: (sample: SoakSample) => void
}): Promise<SoakSample[]> {
  const chain = await startChain()
  const source = startReserveSource()
  const samples: SoakSample[] = []
  try {
    const project = createProject({ chain, donFile: await keysFor(chain), porApiUrl: source.url })
    const payload = payloadOf(project, { orders: [{ account: ACCOUNTS.beneficiary, amount: tokens(1) }] })
    for (let run = 1; run <= params.runs; run++) {
      const { result, error } = await runInProcess(project, {
        payload,
        patience: { graceMillis: 200 },
        portsOf: ({ name, ordinary }) => {
          if (name === 'node-2' && run % 10 === 3) return { ...ordinary, tap: () => ({ action: 'crash' }) }
          if (name === 'node-3' && run % 10 === 7) return { ...ordinary, fetch: () => new Promise(() => undefined) }
          return ordinary
        },
      })
      if (result?.orders[0]?.outcome !== 'delivered')
        throw new Error(`run ${run} failed: ${error?.message ?? 'refused'}`)
      if (run % params.every !== 0) continue
      Bun.gc(true)
      const sample = { runs: run, rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20), threads: threadCount() }
      samples.push(sample)
      params.onSample?.(sample)
    }
  } finally {
    await chain.stop()
    await source.stop()
    removeTemporary()
  }
  return samples
}

/** The same of a serving process, whose nodes stay loaded from run to run; every tenth run is one that fails. */
export async function soakServing(params: {
  runs: number
  every: number
  onSample?: (sample: SoakSample) => void
}): Promise<SoakSample[]> {
  const chain = await startChain()
  const source = startReserveSource()
  const samples: SoakSample[] = []
  try {
    const project = createProject({ chain, donFile: await keysFor(chain), porApiUrl: source.url })
    const serving = await startServing(project)
    const payload = payloadOf(project, { orders: [{ account: ACCOUNTS.beneficiary, amount: tokens(1) }] })
    for (let run = 1; run <= params.runs; run++) {
      const fails = run % 10 === 5
      const runDir = runDirectory(project, fails ? { version: 2 } : payload)
      const { code, stderr, rssBytes } = await serving.run({ runDir })
      if (code !== (fails ? 1 : 0)) throw new Error(`run ${run} ended with ${code}: ${stderr.at(-1)}`)
      if (run % params.every !== 0) continue
      const sample = { runs: run, rssMiB: Math.round(rssBytes / 2 ** 20), threads: threadCount(serving.pid) }
      samples.push(sample)
      params.onSample?.(sample)
    }
    await serving.close()
  } finally {
    await chain.stop()
    await source.stop()
    removeTemporary()
  }
  return samples
}

function threadCount(pid: number | 'self' = 'self'): number {
  return Number(/^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN)
}
