/** Starts the local reserve API as a program of its own, and switches what it plays. */
import { join } from 'node:path'
import { root } from '../lib/paths'
import { type Program, launch, untilReady } from '../lib/process'
import type { Scenario } from './scenario'

export interface ReserveApiStart {
  port: number
  log: string
  pidFile?: string
}

export async function launchReserveApi({ port, log, pidFile }: ReserveApiStart): Promise<Program> {
  const args = ['run', '--no-install', join(root, 'scripts/reserve-api.ts')]
  const env = { ...process.env, RESERVE_API_PORT: String(port) } as Record<string, string>
  const program = launch({ name: 'reserve-api', command: process.execPath, args, env, log, pidFile })
  const isUp = async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok
  await untilReady(program, { timeoutMs: 20_000, hint: `see ${log}` }, isUp)
  return program
}

/** Throws a sentence when nothing answers, or the scenario is refused. */
export async function playScenario(origin: string, scenario: Scenario): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: JSON.stringify(scenario) }
  const answer = await fetch(`${origin}/scenario`, request).catch(() => {
    throw new Error(`no reserve API answers on ${origin}: run 'bash scripts/start-backend.sh' first`)
  })
  if (!answer.ok) throw new Error(`the reserve API on ${origin} refuses the scenario: ${await answer.text()}`)
}
