/** Switches what the local reserve API plays and says what to expect, behind `scripts/reserve-scenario.sh`. */
import { runScript } from '../lib/cli'
import { findStack } from '../lib/stack-file'
import { playScenario } from './launch'
import { type ScenarioName, parseScenario } from './scenario'

const expectations: Record<ScenarioName, string> = {
  healthy: 'mints succeed while the reserve covers them (else POR_INSUFFICIENT_RESERVES)',
  falling: 'mints are refused with POR_INSUFFICIENT_RESERVES: the reserve no longer covers what is issued',
  stale: 'mints wait, with code POR_STALE: the figure is a day old',
  ripcord: 'mints wait, with code POR_RIPCORD: the source pulled its emergency stop',
  'lying-node':
    'mints succeed: now, and every 35 seconds, one node of four hears a thousandfold reserve, and the median leaves it out',
  down: 'mints wait, with code POR_UNAVAILABLE: the source answers 503',
  'forged-signature':
    'with a BitGo source, mints wait, with code POR_INVALID (SIGNATURE_INVALID); other formats carry no signature',
}

async function run(): Promise<void> {
  const [name, reserve] = Bun.argv.slice(2)
  const origin = process.env.RESERVE_API_URL || originOf(findStack()?.reserveApi) || 'http://127.0.0.1:3002'
  if (name === undefined) {
    console.log(await present(origin))
    return
  }
  const scenario = parseScenario(reserve === undefined ? { name } : { name, reserve })
  if (typeof scenario === 'string') throw new Error(scenario)
  await playScenario(origin, scenario)
  console.log(`reserve API now plays: ${scenario.name}${scenario.reserve ? `, reserve ${scenario.reserve}` : ''}`)
  console.log(`expect: ${expectations[scenario.name]}`)
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin
}

async function present(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/scenario`).catch(() => {
    throw new Error(`no reserve API answers on ${origin}: run 'bash scripts/start-backend.sh' first`)
  })
  return answer.text()
}

await runScript(run)
