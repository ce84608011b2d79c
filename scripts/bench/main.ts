/** The benchmark's command line, behind `scripts/bench.sh`. */
import { parseArgs } from 'node:util'
import { stopAll } from '../lib/process'
import { type SystemId, systemIds } from './base/settings'
import { engineNames, runHistory } from './history'
import { runHttp } from './http'
import { runMints } from './mints'
import { runPair } from './pair'
import { runRpc } from './rpc'
import { runStart } from './start'

/** What a shell reports for a program that Ctrl-C ended. */
const interrupted = 130
const mostMints = 100_000_000

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: Bun.argv.slice(2),
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      repetitions: { type: 'string' },
      systems: { type: 'string' },
      baskets: { type: 'string', default: '50' },
      minutes: { type: 'string' },
      rounds: { type: 'string', default: '60' },
      mints: { type: 'string' },
      databases: { type: 'string' },
      publish: { type: 'boolean', default: false },
    },
  })
  const [command = 'mints'] = positionals
  const isQuick = values.quick
  const repetitions = count(values.repetitions ?? (isQuick ? '1' : '3'))
  const publishes = values.publish
  if (command === 'mints') {
    await runMints({ isQuick, repetitions, systems: systemsOf(values.systems), publishes })
  } else if (command === 'http') {
    await runHttp({ repetitions, seconds: isQuick ? 3 : 10, publishes })
  } else if (command === 'start') {
    await runStart({ repetitions, publishes })
  } else if (command === 'pair') {
    await runPair({ rounds: count(values.rounds, '--rounds') })
  } else if (command === 'rpc') {
    const minutes = count(values.minutes ?? (isQuick ? '1' : '10'), '--minutes')
    await runRpc({ baskets: Math.max(2, count(values.baskets, '--baskets')), minutes, publishes })
  } else if (command === 'history') {
    const mints = count(values.mints ?? (isQuick ? '50000' : '1000000'), '--mints', mostMints)
    await runHistory({ mints, engines: enginesOf(values.databases), publishes })
  } else {
    throw new Error(`unknown benchmark "${command}"`)
  }
}

function count(text: string, option = '--repetitions', most = 99): number {
  if (!/^[1-9]\d*$/.test(text) || Number(text) > most)
    throw new Error(`${option} must be a number from 1 to ${most}, not "${text}"`)
  return Number(text)
}

function enginesOf(list: string | undefined): typeof engineNames {
  if (list === undefined) return engineNames
  return list.split(',').map((name) => {
    const known = engineNames.find((engine) => engine === name)
    if (known === undefined)
      throw new Error(`--databases takes a comma list of ${engineNames.join(', ')}, not "${name}"`)
    return known
  })
}

function systemsOf(list: string | undefined): SystemId[] {
  if (list === undefined) return [...systemIds]
  return list.split(',').map((name) => {
    const known = systemIds.find((id) => id === name)
    if (known === undefined) throw new Error(`--systems takes a comma list of ${systemIds.join(', ')}, not "${name}"`)
    return known
  })
}

const signal = new Promise<typeof interrupted>((stop) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop(interrupted))
})
const working = run().then(
  () => 0,
  (error: unknown) => error,
)
const end = await Promise.race([signal, working])
if (end === interrupted) console.error('\n==> stopping')
else if (end !== 0) console.error(`error: ${end instanceof Error ? end.message : String(end)}`)
await stopAll()
process.exit(typeof end === 'number' ? end : 1)
