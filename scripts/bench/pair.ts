/**
 * `bench.sh pair`: one mint alone, paired. All systems are alive on one chain, and each round has every one of them mint once, in
 * random order: what else the machine does meets all alike, so the ratio to the floor can be told on a busy machine too.
 */
import type { Address } from 'viem'
import { percentile } from './base/figures'
import { calibrationOf, describeMachine, provenanceOf } from './base/machine'
import { type SystemId, systemNames } from './base/settings'
import { watchOthers } from './base/usage'
import { startChain } from './chain/anvil'
import { prepareOrigin } from './chain/beneficiaries'
import { createEnvironment } from './chain/environment'
import { starting } from './measure'
import { short, table } from './report/tables'
import type { System } from './systems/system'

/** Those that answer at once; a cold run for every mint would take most of the time. */
const paired = ['warm', 'hand', 'floor'] as const satisfies SystemId[]
const warmUpRounds = 40

export async function runPair({ rounds }: { rounds: number }): Promise<void> {
  const machine = describeMachine()
  const othersShare = watchOthers()
  const environment = await createEnvironment()
  const name = 'pair'
  const folder = environment.folder(name)
  const { stateFile, beneficiaries } = await prepareOrigin({ ...environment, count: paired.length, folder })
  const log = `${folder}/anvil.log`
  const chain = await startChain({ port: environment.chainPort, mining: 'automine', loadState: stateFile, log })
  const all = warmUpRounds + rounds
  const entrants: { id: SystemId; system: System; account: Address; millis: number[] }[] = []
  for (const [index, id] of paired.entries()) {
    const system = await starting(
      id,
      'automine',
    )({ environment, chain, folder: environment.folder(`pair-${id}`), name: `pair-${id}` })
    const account = beneficiaries[index] as Address
    await system.prepare?.({ inFlight: 1, rounds: all }, () => account)
    entrants.push({ id, system, account, millis: [] })
  }
  for (let round = 0; round < all; round++) {
    for (const { system, account, millis } of shuffled(entrants)) {
      const began = performance.now()
      await system.mint({ lane: 0, round, account })
      if (round >= warmUpRounds) millis.push(performance.now() - began)
    }
  }
  const floor = entrants.find(({ id }) => id === 'floor')?.millis ?? []
  const body = entrants.map(({ id, millis }) => {
    const ratios = millis.map((value, round) => value / (floor[round] ?? Number.NaN))
    const ratio = (percent: number) => `${short(percentile(ratios, percent))}×`
    return [systemNames[id], short(percentile(millis, 50)), ratio(25), ratio(50), ratio(75)]
  })
  const head = ['system', 'p50 ms', 'q25 of ÷ floor', 'median of ÷ floor', 'q75 of ÷ floor']
  const sentences = [provenanceOf(machine, othersShare()), calibrationOf(machine)]
  console.log(`\n${sentences.join('\n')}\n${rounds} rounds after ${warmUpRounds}.\n\n${table(head, body)}\n`)
}

function shuffled<Item>(items: Item[]): Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
