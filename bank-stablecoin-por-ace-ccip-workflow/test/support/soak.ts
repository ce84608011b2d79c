import { readFileSync } from 'node:fs'
import { ACCOUNTS, keysFor, removeTemporary, startChain } from './fixture'
import { type Project, createProject, payloadOf, runDirectory, runInProcess, tokens } from './project'
import { startReserveSource } from './reserve-source'
import { startServing } from './serving'

/** One measurement: after `runs` runs, resident memory in MiB and threads of the process. */
export type SoakSample = { runs: number; rssMiB: number; threads: number }

type SoakParams = { runs: number; every: number; onSample?: (sample: SoakSample) => void }

/** Carries out the n-th run and gives the memory of the process in bytes; throws when the run ends otherwise than it should. */
type CarryOut = (run: number) => Promise<number>

/**
 * Runs the workflow many times in one process, every tenth time with a node that crashes and one time in ten with a node
 * that stalls, and measures what a run leaves behind.
 */
export function soak(params: SoakParams): Promise<SoakSample[]> {
  return withProject(async (project) => {
    const payload = payloadOfOne(project)
    return measure(params, 'self', async (run) => {
      const { result, error } = await runInProcess(project, {
        payload,
        timeouts: { graceMillis: 200 },
        portsOf: ({ name, ordinary }) => {
          if (name === 'node-2' && run % 10 === 3) return { ...ordinary, intercept: () => ({ action: 'crash' }) }
          if (name === 'node-3' && run % 10 === 7) return { ...ordinary, fetch: () => new Promise(() => undefined) }
          return ordinary
        },
      })
      if (result?.orders[0]?.outcome !== 'delivered')
        throw new Error(`run ${run} failed: ${error?.message ?? 'refused'}`)
      if (run % params.every === 0) Bun.gc(true)
      return process.memoryUsage.rss()
    })
  })
}

/** The same of a serving process, whose nodes stay loaded from run to run; every tenth run is one that fails. */
export function soakServing(params: SoakParams): Promise<SoakSample[]> {
  return withProject(async (project) => {
    const serving = await startServing(project)
    const payload = payloadOfOne(project)
    const samples = await measure(params, serving.pid, async (run) => {
      const fails = run % 10 === 5
      const runDir = runDirectory(project, fails ? { version: 2 } : payload)
      const { code, stderr, rssBytes } = await serving.run({ runDir })
      if (code !== (fails ? 1 : 0)) throw new Error(`run ${run} ended with ${code}: ${stderr.at(-1)}`)
      return rssBytes
    })
    await serving.close()
    return samples
  })
}

/** Makes a project on a chain of its own, and clears it away when the work is done. */
async function withProject(work: (project: Project) => Promise<SoakSample[]>): Promise<SoakSample[]> {
  const chain = await startChain()
  const source = startReserveSource()
  try {
    return await work(createProject({ chain, donFile: await keysFor(chain), porApiUrl: source.url }))
  } finally {
    await chain.stop()
    await source.stop()
    removeTemporary()
  }
}

async function measure(params: SoakParams, pid: number | 'self', carryOut: CarryOut): Promise<SoakSample[]> {
  const samples: SoakSample[] = []
  for (let run = 1; run <= params.runs; run++) {
    const rssBytes = await carryOut(run)
    if (run % params.every !== 0) continue
    const sample = { runs: run, rssMiB: Math.round(rssBytes / 2 ** 20), threads: threadCount(pid) }
    samples.push(sample)
    params.onSample?.(sample)
  }
  return samples
}

function payloadOfOne(project: Project): Record<string, unknown> {
  return payloadOf(project, { orders: [{ account: ACCOUNTS.beneficiary, amount: tokens(1) }] })
}

function threadCount(pid: number | 'self'): number {
  return Number(/^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN)
}
