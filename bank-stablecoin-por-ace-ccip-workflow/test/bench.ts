/** `bun run test/bench.ts [--runs 60] [--orders 1] [--engine quickjs]` measures one warm run after another against an Anvil that mines at once. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ACCOUNTS, keysFor, removeTemporary, startChain } from './support/fixture'
import { createProject, payloadOf, runDirectory, tokens } from './support/project'
import { startReserveSource } from './support/reserve-source'
import { startServing } from './support/serving'

const WARM_UP = 10

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '60' },
    orders: { type: 'string', default: '1' },
    engine: { type: 'string', default: 'bun' },
  },
})
const chain = await startChain()
const source = startReserveSource()
try {
  const project = createProject({ chain, donFile: await keysFor(chain), porApiUrl: source.url })
  const began = performance.now()
  const serving = await startServing(project, { args: ['--engine', values.engine] })
  const loadMillis = performance.now() - began
  const orders = Array.from({ length: Number(values.orders) }, (_, index) => ({
    account: index === 0 ? ACCOUNTS.beneficiary : `0x${(index + 1).toString(16).padStart(40, '0')}`,
    amount: tokens(1),
  }))
  const walls: number[] = []
  let rss = 0
  let cpuBefore = 0
  for (let run = -WARM_UP; run < Number(values.runs); run++) {
    if (run === 0) cpuBefore = cpuMillis(serving.pid)
    const runDir = runDirectory(project, payloadOf(project, { orders }))
    const start = performance.now()
    const { code, stderr, rssBytes } = await serving.run({ runDir })
    if (run >= 0) walls.push(performance.now() - start)
    if (code !== 0) throw new Error(stderr.at(-1))
    rss = rssBytes
  }
  const cpu = (cpuMillis(serving.pid) - cpuBefore) / walls.length
  walls.sort((a, b) => a - b)
  const at = (share: number) => Number((walls[Math.floor(share * (walls.length - 1))] ?? 0).toFixed(1))
  await serving.close()
  console.log(
    JSON.stringify({
      engine: values.engine,
      runs: walls.length,
      orders: orders.length,
      loadMillis: Math.round(loadMillis),
      wallMillis: { min: at(0), p50: at(0.5), p90: at(0.9) },
      cpuMillis: Number(cpu.toFixed(1)),
      rssMiB: Math.round(rss / 2 ** 20),
    }),
  )
} finally {
  await chain.stop()
  await source.stop()
  removeTemporary()
}

/** User and system time of a process and those that it started, in ticks of 10 ms. */
function cpuMillis(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return (Number(fields[11]) + Number(fields[12])) * 10 + children.reduce((sum, child) => sum + cpuMillis(child), 0)
}
