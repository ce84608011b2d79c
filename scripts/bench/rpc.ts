/**
 * `bench.sh rpc`: what the gateway asks of an RPC endpoint, in JSON-RPC calls, each member of a batch counted: idle with
 * many baskets, for a mint, for each mint of a batch, and while mints wait for finality.
 */
import { join } from 'node:path'
import type { Address } from 'viem'
import { startAnvil } from '../lib/anvil'
import { describeMachine, provenanceOf } from './base/machine'
import { watchOthers } from './base/usage'
import { type Basket, createBaskets, finalize, nameBaskets } from './chain/baskets'
import { prepareOrigin } from './chain/beneficiaries'
import { type Environment, createEnvironment } from './chain/environment'
import { type Tally, callsOf, methodsOf, startRpcCounter } from './chain/rpc-counter'
import { publish } from './report/publish'
import { short, table } from './report/tables'
import { launchGateway } from './systems/gateway'
import { requestMint } from './systems/mint-request'

/** `finalized` is 64 blocks behind: longer than anything here waits. */
const slotsInAnEpoch = 32
const blockSeconds = 5
const batchSize = 20
/** What follows a mint has followed it by then, but for finality. */
const settleMs = 8_000

export interface RpcOptions {
  baskets: number
  /** For how long idling, and waiting for finality, are watched. */
  minutes: number
  publishes: boolean
}

export async function runRpc({ baskets: count, minutes, publishes }: RpcOptions): Promise<void> {
  const machine = describeMachine()
  const othersShare = watchOthers()
  const environment = await createEnvironment()
  const beneficiaries = batchSize + 1
  const origin = await prepareOrigin({ ...environment, count: beneficiaries, folder: environment.folder('rpc-chain') })
  const folder = environment.folder('rpc')
  const { rpc } = await startAnvil({
    port: environment.chainPort,
    slotsInAnEpoch,
    args: ['--silent', '--load-state', origin.stateFile, '--block-time', String(blockSeconds), '--mixed-mining'],
    log: join(folder, 'anvil.log'),
  })
  const baskets = await createBaskets(rpc, environment, count)
  const counter = startRpcCounter(rpc.url)
  const counted: Environment = { ...environment, chainUrl: counter.url }
  const settings = { RUST_LOG: 'warn', WORKFLOW_CONCURRENCY: '1' }
  const { url } = await launchGateway({ environment: counted, folder, name: 'rpc' }, settings)
  await nameBaskets(url, baskets)
  const mint = (lane: number, basket: Basket) =>
    requestMint(url, { deployment: { firstBasket: basket } }, origin.beneficiaries[lane] as Address)
  const [first, other] = baskets
  if (first === undefined || other === undefined) throw new Error('there are too few baskets')
  // What is asked once of a basket and its workflow is no mint's, nor idling.
  await mint(0, other)
  await mint(0, first)
  await finalize(rpc, url, 2 * slotsInAnEpoch + 2)
  await Bun.sleep(settleMs)

  const rows: string[][] = []
  const note = (name: string, target: string, per: number, tally: Tally) => {
    const all = callsOf(tally) / per
    rows.push([
      name,
      short(all),
      short(callsOf(tally, 'gateway') / per),
      short(callsOf(tally, 'workflow') / per),
      target,
    ])
    console.log(`    ${name}: ${short(all)} (${methodsOf(tally)})`)
  }
  const during = async (ms: number) => {
    counter.take()
    await Bun.sleep(ms)
    return counter.take()
  }

  const idle = await during(minutes * 60_000)
  note(`idle, ${count} baskets, a minute`, '12', minutes, idle)
  const idlePerMs = callsOf(idle) / (minutes * 60_000)
  const without = (tally: Tally, ms: number) => {
    tally.set('gateway idling', -idlePerMs * ms)
    return tally
  }

  counter.take()
  let began = performance.now()
  await mint(0, first)
  await Bun.sleep(settleMs)
  const alone = without(counter.take(), performance.now() - began)
  note('one mint, until it is minted', '20', 1, alone)

  const waiting = await during(minutes * 60_000)
  note('one mint waits for finality, a minute', '12', minutes, without(waiting, minutes * 60_000))

  // While the one run that may be under way is another basket's, the others gather.
  counter.take()
  began = performance.now()
  const release = counter.hold('workflow')
  const busy = mint(batchSize, other)
  await untilWaiting(url, 'executing', 1)
  const gathered = Array.from({ length: batchSize }, (_, lane) => mint(lane, first))
  await untilWaiting(url, 'queued', batchSize)
  release()
  await Promise.all([busy, ...gathered])
  await Bun.sleep(settleMs)
  const batch = without(counter.take(), performance.now() - began)
  if (batch.get('workflow eth_sendRawTransaction') !== 2) throw new Error('the mints did not travel together')
  batch.set('gateway the other mint', -callsOf(alone, 'gateway'))
  batch.set('workflow the other mint', -callsOf(alone, 'workflow'))
  note(`a mint of a batch of ${batchSize}`, '1.5', batchSize, batch)

  const waitingAll = await during(minutes * 60_000)
  note('all of them wait for finality, a minute', '12', minutes, without(waitingAll, minutes * 60_000))

  const made = provenanceOf(machine, othersShare())
  const head = ['JSON-RPC calls', 'all', "the gateway's", "the workflow's", 'at most']
  const conditions = `Blocks of ${blockSeconds} s, ${count} baskets, ${minutes} minutes each; what idling costs is taken off the others.`
  const text = `${made}\n${conditions}\n\n${table(head, rows)}`
  console.log(`\n${text}\n`)
  if (publishes) publish('bench rpc', text)
  await counter.stop()
}

/** Waits until so many mints are in a state. */
async function untilWaiting(url: string, state: string, count: number): Promise<void> {
  for (let left = 200; ; left--) {
    const list = (await (await fetch(`${url}/mints?status=${state}&limit=100`)).json()) as { mints: unknown[] }
    if (list.mints.length === count) return
    if (left === 0) throw new Error(`there are not ${count} mints ${state}, but ${list.mints.length}`)
    await Bun.sleep(25)
  }
}
