/** `bench.sh http`: the paths that are asked most, under wrk. */
import { spawnSync } from 'node:child_process'
import { untilReady } from '../lib/process'
import { median } from './base/figures'
import { describeMachine, provenanceOf } from './base/machine'
import { watchOthers } from './base/usage'
import { startChain } from './chain/anvil'
import { prepareOrigin } from './chain/beneficiaries'
import { createEnvironment } from './chain/environment'
import { publish } from './report/publish'
import { grouped, short, table } from './report/tables'
import { launchGateway } from './systems/gateway'
import { requestMint } from './systems/mint-request'

const threads = 2
const connections = 64

export interface HttpOptions {
  repetitions: number
  /** Of each measurement. */
  seconds: number
  /** Whether the table goes into its page. */
  publishes: boolean
}

interface Load {
  requestsPerSecond: number
  p99Ms: number
  /** Answers that were not 2xx or 3xx, and connections that failed. */
  errors: number
}

export async function runHttp({ repetitions, seconds, publishes }: HttpOptions): Promise<void> {
  if (Bun.which('wrk') === null) throw new Error('wrk is missing: install it (Debian: apt-get install wrk)')
  const machine = describeMachine()
  const environment = await createEnvironment()
  const origin = await prepareOrigin({ ...environment, count: 1, folder: environment.folder('http-chain') })
  const folder = environment.folder('http')
  const chain = await startChain({
    port: environment.chainPort,
    mining: 'automine',
    loadState: origin.stateFile,
    log: `${folder}/anvil.log`,
  })
  const { program, url } = await launchGateway({ environment, folder, name: 'http' }, { RUST_LOG: 'warn' })
  const [beneficiary] = origin.beneficiaries
  if (beneficiary === undefined) throw new Error('there is no beneficiary')
  const mint = async () => `${url}/mints/${(await requestMint(url, environment, beneficiary)).mintId}`
  const finalized = await mint()
  await chain.rpc.call('anvil_mine', ['0x8'])
  const isFinal = async () => ((await (await fetch(finalized)).json()) as { status: string }).status === 'finalized'
  await untilReady(program, { timeoutMs: 30_000, hint: 'the mint does not become final' }, isFinal)
  const paths = {
    'GET /mints/{id}, finalized': finalized,
    'GET /mints/{id}, not final yet': await mint(),
    'GET /health': `${url}/health`,
  }
  const othersShare = watchOthers()
  const rows = Object.entries(paths).map(([name, target]) => {
    const loads = Array.from({ length: repetitions }, () => underLoad(target, seconds))
    console.log(
      `    ${name}: ${loads.map(({ requestsPerSecond }) => grouped(requestsPerSecond)).join(', ')} requests/s`,
    )
    const middle = (figure: keyof Load) => median(loads.map((load) => load[figure]))
    const errors = loads.reduce((sum, load) => sum + load.errors, 0)
    return [name, grouped(middle('requestsPerSecond')), short(middle('p99Ms')), String(errors)]
  })
  const made = provenanceOf(machine, othersShare())
  const load = `wrk, ${threads} threads, ${connections} connections, on the same cores; medians of ${repetitions} × ${seconds} s.`
  const text = `${made}\n${load}\n\n${table(['path', 'requests/s', 'p99 ms', 'errors'], rows)}`
  console.log(`\n${text}\n`)
  if (publishes) publish('bench http', text)
}

function underLoad(url: string, seconds: number): Load {
  const args = [
    '--threads',
    String(threads),
    '--connections',
    String(connections),
    '--duration',
    `${seconds}s`,
    '--latency',
    url,
  ]
  const done = spawnSync('wrk', args, { encoding: 'utf8' })
  const said = done.stdout ?? ''
  const requests = /Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]
  const [, p99, unit] = /^\s+99%\s+([\d.]+)(us|ms|s)$/m.exec(said) ?? []
  if (done.status !== 0 || requests === undefined || p99 === undefined)
    throw new Error(`wrk failed: ${said}${done.stderr}`)
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(said)?.[1] ?? 0)
  const broken = /Socket errors: (.*)/.exec(said)?.[1]?.match(/\d+/g) ?? []
  const scale = { us: 0.001, ms: 1, s: 1000 }[unit as 'us' | 'ms' | 's']
  return {
    requestsPerSecond: Number(requests),
    p99Ms: Number(p99) * scale,
    errors: broken.reduce((sum, count) => sum + Number(count), refused),
  }
}
