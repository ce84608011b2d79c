/**
 * The local stack behind `scripts/start-backend.sh`: embedded chain, contracts, DON keys, reserve API and backend.
 * It owns these processes: a signal, or the end of any one of them, stops them all in order.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { say, sentenceOf } from '../lib/cli'
import type { Deployment } from '../lib/deployment'
import { ensureDonKeys, recordChain } from '../lib/don-keys'
import { workflowDir } from '../lib/paths'
import { type PortNeed, assertFree } from '../lib/ports'
import { endLeftover, firstEnd, isAlive, launch, stopAll, untilReady } from '../lib/process'
import { type Stack, writeStack } from '../lib/stack-file'
import { launchReserveApi } from '../reserve-api/launch'
import { buildBackend } from './build'
import { fund, startChain } from './chain'
import { ensureDeployment } from './deploy'
import { ensureSandbox } from './sandbox'
import { type StackSettings, logFile, pidFile, readSettings } from './settings'
import { writeWorkflowConfig } from './workflow-config'

const backendName = 'cre-backend'

async function ok(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok
}

/** Ends what an earlier stack of this folder left behind; throws when a port is in use all the same. */
async function takePorts(settings: StackSettings): Promise<void> {
  for (const name of [backendName, 'reserve-api', 'anvil']) await endLeftover(pidFile(settings, name), name)
  const needs: PortNeed[] = [{ port: settings.backendPort, setting: 'PORT', who: 'the backend' }]
  if (settings.operatorPort !== undefined)
    needs.push({ port: settings.operatorPort, setting: 'ADMIN_ADDR', who: "the backend's operator listener" })
  if (settings.externalRpcUrl === undefined) {
    needs.push({ port: settings.chainPort, setting: 'LOCAL_CHAIN_PORT', who: 'the local chain' })
    needs.push({ port: settings.reservePort, setting: 'RESERVE_API_PORT', who: 'the local reserve API' })
  }
  await assertFree(needs)
}

async function startBackend(settings: StackSettings, command: string, known: Record<string, string>): Promise<void> {
  // What the environment says wins over what the stack knows.
  const unset = Object.entries(known).filter(([name]) => !process.env[name])
  const env = { ...process.env, ...Object.fromEntries(unset) } as Record<string, string>
  const backend = launch({ name: backendName, command, args: [], env, pidFile: pidFile(settings, backendName) })
  const isUp = () => ok(`${settings.backendUrl}/health`)
  await untilReady(backend, { timeoutMs: 30_000, hint: 'its message is above' }, isUp)
}

function backendEnvironment(settings: StackSettings, deployment: Deployment): Record<string, string> {
  return {
    RPC_URL: settings.chainUrl,
    WORKFLOW_DIR: workflowDir,
    FORWARDER_ADDRESS: deployment.forwarder,
    BASKET_FACTORY: deployment.basketFactory,
    COMPLIANCE_LENS: deployment.complianceLens,
    DEFAULT_STABLECOIN: deployment.firstBasket.stablecoin,
    DEFAULT_CONSUMER: deployment.firstBasket.mintingConsumer,
    CRE_CONFIG_FILE: settings.workflowConfig,
    CRE_DON_FILE: settings.donFile,
    CRE_RUN_DIR: join(settings.localDir, 'runs'),
    STATE_DIR: settings.localDir,
    DATABASE_URL: `sqlite:${join(settings.localDir, 'gateway.db')}`,
    // People also run the workflow by hand here, and what it mints then is no intrusion.
    UNEXPECTED_SUPPLY: 'alert',
  }
}

async function startLocalStack(settings: StackSettings, binary: string): Promise<void> {
  const keys = ensureDonKeys(settings.localDir)
  say(`starting the local chain on ${settings.chainUrl}`)
  const rpc = await startChain(settings)
  const deployment = await ensureDeployment(rpc, settings, keys)
  recordChain(settings.localDir, { rpcUrl: settings.chainUrl, forwarder: deployment.forwarder })
  await fund(rpc, keys.transmitters)
  await ensureSandbox(rpc, deployment)
  writeWorkflowConfig(settings, deployment)
  await launchReserveApi({
    port: settings.reservePort,
    log: logFile(settings, 'reserve-api'),
    pidFile: pidFile(settings, 'reserve-api'),
  })
  say(`starting the backend on ${settings.backendUrl}`)
  await startBackend(settings, binary, backendEnvironment(settings, deployment))
  const stack: Stack = {
    backend: settings.backendUrl,
    ...(settings.operatorPort !== undefined && { operators: `http://127.0.0.1:${settings.operatorPort}` }),
    chain: settings.chainUrl,
    reserveApi: `${settings.reserveApiUrl}/reserves/${deployment.firstBasket.stablecoin}`,
    stablecoin: deployment.firstBasket.stablecoin,
    mintingConsumer: deployment.firstBasket.mintingConsumer,
    basketFactory: deployment.basketFactory,
    forwarder: deployment.forwarder,
    workflowConfig: settings.workflowConfig,
  }
  writeStack(settings.localDir, stack)
  console.log('\nReady. Everything here is local; Ctrl-C stops it, a restart finds the same chain.')
  for (const [name, value] of Object.entries(stack)) console.log(`  ${name.padEnd(16)} ${value}`)
  console.log('Mint 1000 tokens: bash scripts/test-mint.sh\n')
}

/** Runs until something ends; answers with a sentence what. */
async function work(settings: StackSettings): Promise<string> {
  mkdirSync(settings.localDir, { recursive: true, mode: 0o700 })
  await takePorts(settings)
  const binary = settings.backendBinary ?? (await buildBackend(settings.buildProfile))
  if (settings.externalRpcUrl === undefined) await startLocalStack(settings, binary)
  else {
    say('RPC_URL is set: using that chain, deploying nothing')
    await startBackend(settings, binary, {})
  }
  return firstEnd()
}

async function run(): Promise<number> {
  try {
    const settings = readSettings()
    const isOurs = isAlive(pidFile(settings, backendName), backendName)
    if (isOurs && (await ok(`${settings.backendUrl}/health`).catch(() => false))) {
      console.log(`The backend already serves ${settings.backendUrl}; nothing to start.`)
      return 0
    }
    const signal = new Promise<undefined>((stop) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop(undefined))
    })
    const ended = await Promise.race([signal, work(settings)])
    if (ended === undefined) console.log('\n==> stopping')
    else console.error(`error: ${ended}; stopping the rest`)
    return ended === undefined ? 0 : 1
  } catch (error) {
    console.error(`error: ${sentenceOf(error)}`)
    return 1
  } finally {
    await stopAll()
  }
}

process.exit(await run())
