/**
 * `bench.sh history`: what a million finished mints cost. A gateway makes some real ones; `benches/history` copies them,
 * with every row that they left, into both databases and measures the store on them beside one that has only just begun;
 * and the gateway is started on them.
 */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from 'viem'
import { root } from '../lib/paths'
import { median } from './base/figures'
import { describeMachine, provenanceOf } from './base/machine'
import { mintTokens } from './base/settings'
import { residentNow, watchOthers } from './base/usage'
import { startChain } from './chain/anvil'
import { type Basket, createBaskets, finalize, nameBaskets } from './chain/baskets'
import { prepareOrigin } from './chain/beneficiaries'
import { type Environment, createEnvironment } from './chain/environment'
import { publish } from './report/publish'
import { grouped, short, table } from './report/tables'
import { launchGateway } from './systems/gateway'

/** Mints of the sample in each basket: several at once travel together, one by itself does not. */
const shares = [12, 6, 3, 2, 1]
const blocksToFinality = 8
const starts = 3
const questions = 200
const engines = { sqlite: 'SQLite', postgresql: 'PostgreSQL' } as const
type Engine = keyof typeof engines

export const engineNames = Object.keys(engines) as Engine[]

export interface HistoryOptions {
  mints: number
  engines: Engine[]
  publishes: boolean
}

interface Filled {
  url: string
  emptyUrl: string
  mints: number
  events: number
  seconds: number
  bytes: number
}

interface Figures {
  p50: number
  p99: number
}

/** What `benches/history` says of one question or write. */
interface Measured {
  name: string
  isHot: boolean
  full: Figures
  empty: Figures
}

interface Report {
  filled: Filled
  measured: Measured[]
  /** Of the crowded basket that may not run, and of each other. */
  turns: number[]
  gateway: { full: Started; empty: Started }
}

/** A gateway on a database. */
interface Started {
  readySeconds: number
  idleMb: number
  askedMb: number
  /** Median ms of an answer, by path. */
  answers: Record<string, number>
}

export async function runHistory({ mints, engines: wanted, publishes }: HistoryOptions): Promise<void> {
  const machine = describeMachine()
  const othersShare = watchOthers()
  const environment = await createEnvironment()
  const sample = await makeSample(environment)
  const parts: string[] = []
  for (const engine of wanted) {
    console.log(`==> ${engines[engine]}: ${grouped(mints)} mints`)
    const folder = environment.folder(`history-${engine}`)
    const report = await measure(environment, engine, sample, mints, folder)
    rmSync(folder, { recursive: true, force: true })
    const part = report === undefined ? `**${engines[engine]}** is not installed.` : textOf(engine, report)
    console.log(`\n${part}\n`)
    parts.push(part)
  }
  const made = provenanceOf(machine, othersShare())
  console.log(made)
  const text = [made, ...parts].join('\n\n')
  if (publishes) publish('bench history', text)
}

/** Lets a gateway make real mints, and one that the policies refuse; answers with its database. */
async function makeSample(environment: Environment): Promise<string> {
  const most = Math.max(...shares)
  const origin = await prepareOrigin({ ...environment, count: most, folder: environment.folder('history-chain') })
  const folder = environment.folder('history-sample')
  const chain = await startChain({
    port: environment.chainPort,
    mining: 'automine',
    loadState: origin.stateFile,
    log: join(folder, 'anvil.log'),
  })
  const baskets = await createBaskets(chain.rpc, environment, shares.length)
  const { program, url } = await launchGateway({ environment, folder, name: 'history-sample' }, { RUST_LOG: 'warn' })
  await nameBaskets(url, baskets)
  const stranger: Address = '0x00000000000000000000000000000000000000ff'
  await order(url, baskets[0] as Basket, stranger)
  for (const [at, share] of shares.entries()) {
    const lanes = origin.beneficiaries.slice(0, share)
    await Promise.all(lanes.map((beneficiary) => order(url, baskets[at] as Basket, beneficiary)))
  }
  await finalize(chain.rpc, url, blocksToFinality)
  await program.stop()
  return join(folder, 'gateway.db')
}

/** An order as a bank sends it: with a key and a reference. */
async function order(url: string, basket: Basket, beneficiary: Address): Promise<void> {
  const body = JSON.stringify({
    beneficiary,
    amount: mintTokens,
    stablecoinAddress: basket.stablecoin,
    mintingConsumerAddress: basket.mintingConsumer,
    bankReference: `MT103-${randomUUID()}`,
  })
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
  const answer = await fetch(`${url}/mint`, { method: 'POST', headers, body })
  if (answer.status >= 500) throw new Error(`a mint was answered with ${answer.status}: ${await answer.text()}`)
}

/** Fills, starts gateways, and measures; nothing where the engine is missing. */
async function measure(
  environment: Environment,
  engine: Engine,
  sample: string,
  mints: number,
  folder: string,
): Promise<Report | undefined> {
  const profile = process.env.BUILD_PROFILE ?? 'bench'
  const cargo = ['cargo', 'bench', '--locked', '--quiet', '--profile', profile, '--bench', 'history', '--']
  const bench = Bun.spawn([...cargo, engine, sample, String(mints), folder], {
    cwd: root,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const lines = linesOf(bench.stdout)
  const first = (await lines.next()).value as (Filled & { missing?: string }) | undefined
  if (first === undefined) throw new Error('benches/history ended before the database was filled; its message is above')
  if (first.missing !== undefined) return undefined
  console.log(`    filled in ${short(first.seconds)} s: ${short(first.bytes / 1e9)} GB`)
  const gateway = {
    empty: await start(environment, `${engine}-empty`, first.emptyUrl),
    full: await start(environment, `${engine}-full`, first.url),
  }
  bench.stdin.write('go on\n')
  await bench.stdin.flush()
  const report: Report = { filled: first, measured: [], turns: [], gateway }
  for await (const line of lines) {
    if ('name' in line) report.measured.push(line as unknown as Measured)
    else if ('turns' in line) report.turns = line.turns as number[]
  }
  if ((await bench.exited) !== 0) throw new Error('benches/history failed; its message is above')
  return report
}

async function* linesOf(output: ReadableStream<Uint8Array>): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of output) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as Record<string, unknown>
  }
}

/** Starts a gateway on a database a few times, and asks the last one. */
async function start(environment: Environment, name: string, url: string): Promise<Started> {
  const seconds: number[] = []
  for (let left = starts; ; left--) {
    const place = `history-${name}-${left}`
    const began = performance.now()
    const gateway = await launchGateway(
      { environment, folder: environment.folder(place), name: place },
      { RUST_LOG: 'warn', DATABASE_URL: url },
    )
    seconds.push((performance.now() - began) / 1000)
    const idleMb = residentNow(gateway.program.pid).own
    const answers = left === 1 ? await ask(gateway.url) : {}
    const askedMb = residentNow(gateway.program.pid).own
    await gateway.program.stop()
    if (left === 1) return { readySeconds: median(seconds), idleMb, askedMb, answers }
  }
}

async function ask(url: string): Promise<Record<string, number>> {
  const list = (await (await fetch(`${url}/mints?limit=1`)).json()) as { mints: { mintId: string }[] }
  const day = 86_400_000
  const from = new Date(Date.now() - 91 * day).toISOString()
  const paths: Record<string, string> = {
    'GET /mints/{id}': `/mints/${list.mints[0]?.mintId}`,
    'GET /mints': '/mints?limit=50',
    'GET /mints/summary': `/mints/summary?createdFrom=${from}&createdTo=${new Date().toISOString()}`,
    'GET /reserves': '/reserves',
  }
  const answers: Record<string, number> = {}
  for (const [name, path] of Object.entries(paths)) {
    const times: number[] = []
    for (let left = questions; left > 0; left--) {
      const began = performance.now()
      const answer = await fetch(`${url}${path}`)
      await answer.arrayBuffer()
      times.push(performance.now() - began)
      if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
    }
    answers[name] = median(times)
  }
  return answers
}

const targetMs = 2
const targetRatio = 1.2

function textOf(engine: Engine, { filled, measured, turns, gateway }: Report): string {
  const verdict = (isMet: boolean) => (isMet ? 'met' : 'missed')
  const rows = measured.map(({ name, isHot, full, empty }) => [
    name,
    short(full.p50),
    short(full.p99),
    short(empty.p50),
    short(empty.p99),
    isHot ? verdict(full.p50 <= targetMs) : '',
  ])
  const accept = measured.find(({ name }) => name.startsWith('acceptance'))
  const ratio = accept === undefined ? 0 : accept.full.p99 / accept.empty.p99
  const [crowd = 0, ...others] = turns
  const { full, empty } = gateway
  const cells = (figure: (started: Started) => number) => [short(figure(full)), short(figure(empty))]
  const started = [
    ['ready after s', ...cells(({ readySeconds }) => readySeconds)],
    ['resident MB, ready', ...cells(({ idleMb }) => idleMb)],
    [`resident MB, after ${4 * questions} questions`, ...cells(({ askedMb }) => askedMb)],
    ...Object.keys(full.answers).map((name) => [`${name}, p50 ms`, ...cells(({ answers }) => answers[name] ?? 0)]),
  ]
  const size = `${short(filled.bytes / 1e9)} GB, ${short(filled.bytes / filled.mints / 1e3)} KB a mint`
  return [
    `**${engines[engine]}**: ${grouped(filled.mints)} finished mints, ${grouped(filled.events)} events: ${size}; filled in ${grouped(filled.seconds)} s.`,
    table(['the store, ms', 'p50', 'p99', 'just begun: p50', 'p99', `≤ ${targetMs} ms p50`], rows),
    `Claims, heartbeats, ends and acceptances are whole transactions with their commit on the disk. p99 of an acceptance is ${short(ratio)} × that of a database that has just begun (target ≤ ${targetRatio}): ${verdict(ratio <= targetRatio)}. While a basket that may not run holds a crowd of queued mints, it has ${crowd} turns, the others ${Math.min(...others)} to ${Math.max(...others)} each.`,
    table(['the gateway', 'with the history', 'just begun'], started),
  ].join('\n\n')
}
