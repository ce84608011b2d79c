/** `bench.sh start`: how long the local stack takes from its script to "Ready." and to the first verified mint. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { localChain } from '../lib/local-chain'
import { root } from '../lib/paths'
import { freePort } from '../lib/ports'
import { launch, untilReady } from '../lib/process'
import { readStack } from '../lib/stack-file'
import { median } from './base/figures'
import { describeMachine, provenanceOf } from './base/machine'
import { benchDir } from './base/settings'
import { watchOthers } from './base/usage'
import { publish } from './report/publish'
import { short, table } from './report/tables'
import { requestMint } from './systems/mint-request'

const localDir = join(benchDir, 'stack')
const log = join(benchDir, 'stack.log')

interface Start {
  readySeconds: number
  mintSeconds: number
}

export interface StartOptions {
  repetitions: number
  /** Whether the table goes into its page. */
  publishes: boolean
}

export async function runStart({ repetitions, publishes }: StartOptions): Promise<void> {
  const othersShare = watchOthers()
  const machine = describeMachine()
  const [fresh, again]: [Start[], Start[]] = [[], []]
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    console.log(`==> repetition ${repetition} of ${repetitions}: a new chain, then the same chain again`)
    rmSync(localDir, { recursive: true, force: true })
    fresh.push(await startOnce())
    again.push(await startOnce())
  }
  const row = (name: string, starts: Start[]) => {
    const seconds = (figure: keyof Start) => short(median(starts.map((start) => start[figure])))
    return [name, seconds('readySeconds'), seconds('mintSeconds')]
  }
  const rows = [row('new chain, contracts deployed', fresh), row('restart on its chain', again)]
  const made = provenanceOf(machine, othersShare())
  const head = ['start-backend.sh on a built checkout', '"Ready." after s', 'first verified mint after s']
  const text = `${made}\nMedians of ${repetitions}.\n\n${table(head, rows)}`
  console.log(`\n${text}\n`)
  if (publishes) publish('bench start', text)
}

async function startOnce(): Promise<Start> {
  const [port, chainPort, reservePort] = [await freePort(), await freePort(), await freePort()]
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const ports = { PORT: String(port), LOCAL_CHAIN_PORT: String(chainPort), RESERVE_API_PORT: String(reservePort) }
  const env = { LOCAL_DIR: localDir, ...ports, ADMIN_ADDR: 'off', RPC_URL: '' }
  const script = join(root, 'scripts/start-backend.sh')
  const stack = launch({
    name: 'start-backend.sh',
    command: 'bash',
    args: [script],
    env: { ...process.env, ...env } as Record<string, string>,
    log,
  })
  await untilReady(stack, { timeoutMs: 120_000, hint: `see ${log}` }, async () =>
    /^Ready\./m.test(readFileSync(log, 'utf8')),
  )
  const readySeconds = seconds()
  await requestMint(
    `http://127.0.0.1:${port}`,
    { deployment: { firstBasket: readStack(localDir) } },
    localChain.demoBeneficiaries[0],
  )
  const mintSeconds = seconds()
  await stack.stop()
  return { readySeconds, mintSeconds }
}
