/**
 * Walks the running local stack through a reserve that drains and is topped up again, and prints what each party saw:
 * healthy → drained → breaker open → topped up → half-open → closed. Behind `scripts/demo-breaker.sh`.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runScript, say } from '../lib/cli'
import { localChain } from '../lib/local-chain'
import { postMint } from '../lib/mint-request'
import { localDir, workflowDir } from '../lib/paths'
import { type Stack, readStack } from '../lib/stack-file'
import { playScenario } from '../reserve-api/launch'
import type { Scenario } from '../reserve-api/scenario'

const patienceMs = 120_000
const pollMs = 200

interface Demo {
  stack: Stack
  play: (scenario: Scenario) => Promise<void>
}

type Json = { [key: string]: Json } | string | number | boolean | null

async function reserves({ backend, mintingConsumer }: Stack): Promise<Json> {
  const answer = await fetch(`${backend}/reserves/${mintingConsumer}`)
  if (!answer.ok) throw new Error(`GET /reserves answers ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Json
}

/** Fields of an answer, a line each; what is absent is left out. */
function show(answer: Json, ...paths: string[]): void {
  for (const path of paths) {
    const value = valueAt(answer, path)
    if (value === undefined || value === null || value === '') continue
    console.log(`      ${path}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  }
}

function valueAt(answer: Json, path: string): Json | undefined {
  return path
    .split('.')
    .reduce<Json | undefined>((value, key) => (typeof value === 'object' ? value?.[key] : undefined), answer)
}

async function showGateway({ stack }: Demo): Promise<void> {
  console.log('   the gateway sees:')
  show(
    await reserves(stack),
    'breaker.state',
    'breaker.reasons',
    'reserves',
    'supply',
    'reserved',
    'headroom',
    'collateralRatio',
  )
}

async function mint({ stack }: Demo, amount: string): Promise<void> {
  console.log(`   a dApp asks for ${amount} tokens and hears:`)
  const [beneficiary] = localChain.demoBeneficiaries
  const order = { beneficiary, amount, stablecoin: stack.stablecoin, consumer: stack.mintingConsumer }
  const { answer } = await postMint(stack.backend, order)
  show(answer as Json, 'success', 'mintTx', 'code', 'error', 'reserves', 'liability', 'requested', 'deficit')
}

/** Has the DON attest the basket's reserve on chain: a request without orders. */
function attest({ stack }: Demo): void {
  const runDir = mkdtempSync(join(localDir, 'attest-'))
  const basket = { stablecoin: stack.stablecoin, consumer: stack.mintingConsumer }
  const payload = { version: 1, chainId: localChain.id, ...basket, orders: [] }
  cpSync(stack.workflowConfig, join(runDir, 'config.json'))
  writeFileSync(join(runDir, 'http_trigger_payload.json'), JSON.stringify(payload))
  const files = { CRE_CONFIG_FILE: stack.workflowConfig, CRE_DON_FILE: join(localDir, 'don.json'), CRE_RUN_DIR: runDir }
  const env = { ...process.env, ...files, RPC_URL: stack.chain }
  const done = spawnSync(process.execPath, ['run', 'main.ts'], { cwd: workflowDir, env, encoding: 'utf8' })
  rmSync(runDir, { recursive: true })
  if (done.status !== 0)
    throw new Error(`the DON could not attest the reserve: ${done.stderr.trim().split('\n').at(-1)}`)
}

async function untilBreakerIs({ stack }: Demo, state: string): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const now = valueAt(await reserves(stack), 'breaker.state')
    if (now === state) return
    if (performance.now() > deadline) {
      throw new Error(`the breaker did not become ${state} within two minutes; it is ${now}`)
    }
    await Bun.sleep(pollMs)
  }
}

async function walk(demo: Demo): Promise<void> {
  say('1. healthy: the reserve covers what is asked for')
  await demo.play({ name: 'healthy' })
  await mint(demo, '100')
  await showGateway(demo)

  say("2. drained: the bank's account falls below what is issued")
  await demo.play({ name: 'falling', reserve: '10' })
  await mint(demo, '100')

  say('3. the breaker opens: nothing is run any more')
  console.log('   the DON attests the reserve on chain, as its schedule does')
  attest(demo)
  await untilBreakerIs(demo, 'open')
  await showGateway(demo)
  await mint(demo, '100')

  say('4. topped up: the money is back, and the DON attests it')
  await demo.play({ name: 'healthy' })
  attest(demo)

  say('5. half-open: after its pause, the breaker lets one mint try')
  await untilBreakerIs(demo, 'half-open')
  await showGateway(demo)
  await mint(demo, '100')

  say('6. closed: the mint went through')
  await untilBreakerIs(demo, 'closed')
  await showGateway(demo)
}

async function run(): Promise<void> {
  const stack = readStack()
  const isServed = await fetch(`${stack.backend}/health`).then(
    ({ ok }) => ok,
    () => false,
  )
  if (!isServed) throw new Error(`nothing serves ${stack.backend}: run 'bash scripts/start-backend.sh' first`)
  const { origin } = new URL(stack.reserveApi)
  const demo: Demo = {
    stack,
    async play(scenario) {
      await playScenario(origin, scenario)
      console.log(
        `   the reserve API now plays: ${scenario.name}${scenario.reserve ? `, reserve ${scenario.reserve}` : ''}`,
      )
    },
  }
  const interrupted = new Promise<never>((_, reject) => {
    process.on('SIGINT', () => reject(new Error('interrupted; the reserve is healthy again')))
  })
  try {
    await Promise.race([walk(demo), interrupted])
  } finally {
    await playScenario(origin, { name: 'healthy' }).catch(() => undefined)
  }
}

await runScript(run)
