import path from 'node:path'
import type { Hex } from 'viem'
import { consensus } from './capabilities/consensus'
import { evm } from './capabilities/evm'
import { httpActions } from './capabilities/http-action'
import { type ChainSettings, assertChain } from './chain'
import { assertFresh, digestOfCode } from './code'
import { type Don, type Patience, createDon } from './don'
import { createDonClock } from './don-clock'
import { type DonFile, chainOf, configDigestOf, readDonFile, readTransmitter } from './don-file'
import { HostError } from './errors'
import { fire, subscribe } from './execution'
import { type WorkflowIdentity, executionIdOf, workflowIdOf } from './identity'
import { createHttpCache } from './http-cache'
import { type Journal, redacted } from './journal'
import { createLogBook } from './log-book'
import { type NodeContext, type Program, startNode } from './node'
import { type NodePorts, createNodePorts } from './ports'
import { ensureProgram } from './quickjs/compile'
import { createReportSigner } from './report-signer'
import { type Rpc, createRpc } from './rpc'
import { assertOnlyBasketDiffers, readJsonObject } from './run-config'
import { openSecrets } from './secrets'
import { createSeedSource } from './seed'
import type { EngineName, RunSettings } from './settings'
import { triggerEvent } from './trigger'
import { toPlain } from './values'

const RPC_TIMEOUT_MILLIS = 10_000
/** For the nodes' threads to end. */
const STOP_MILLIS = 2_000
const PATIENCE: Patience = { graceMillis: 500, quorumMillis: 20_000, finishMillis: 0 }

/** What a run reports to, and what tests put in place of the ordinary ports. */
export type RunOutlets = {
  journal: Journal
  print: (line: string) => void
  patience?: Patience
  portsOf?: (params: { name: string; ordinary: NodePorts }) => NodePorts
  /** The engine of each node, when they are not to be the same. */
  engineOf?: (node: string) => EngineName
}

/** Runs the workflow once on the local DON and gives its result line. */
export async function run(settings: RunSettings, outlets: RunOutlets): Promise<string> {
  const base = readJsonObject(path.join(settings.workflowDir, 'config.json'), 'the base configuration config.json')
  const config = readJsonObject(path.join(settings.runDir, 'config.json'), "the run's config.json")
  assertOnlyBasketDiffers({ base: base.json, run: config.json })
  const file = readDonFile(settings.donFile)
  const chain = await chainOf({ don: file, name: String(base.json['chainSelectorName']), rpcUrl: settings.rpcUrl })
  const rpc = createRpc({ url: chain.rpcUrl, timeoutMillis: RPC_TIMEOUT_MILLIS })
  const transmitter = readTransmitter({ donFile: settings.donFile, don: file, slot: settings.transmitterSlot })
  const identity = identityOf({ settings, file, base: base.bytes })
  const executionId = executionIdOf({ workflowId: identity.workflowId, requestId: settings.requestId })
  const secrets = openSecrets({ file: settings.secretsFile, owner: file.workflowOwner })
  const journal = redacted(outlets.journal, secrets.redact)
  const print = (line: string) => outlets.print(secrets.redact(line))
  const don = donOf({ file, outlets: { ...outlets, journal }, rpcUrl: chain.rpcUrl })
  journal({
    event: 'run.started',
    executionId,
    workflowId: identity.workflowId,
    chain: chain.name,
    nodes: don.seats.map(({ name }) => name),
  })

  const clock = createDonClock(don)
  const signer = createReportSigner({ don, identity, executionId, now: clock.latest })
  const capabilities = [
    httpActions(createHttpCache(Date.now)),
    consensus({ don, signer }),
    evm({ don, chain, rpc, transmitter }),
  ]
  const logs = createLogBook({ f: don.f, limits: settings.limits, journal, print })
  const seeds = createSeedSource(executionId)
  const { limits } = settings
  const programOf = await programs(settings, outlets.engineOf ?? (() => settings.engine), file)
  const context = { don, clock, seeds, logs, limits, secrets, capabilities, programOf }
  const chainReady = assertChain({ rpc, chain })
  chainReady.catch(() => undefined)
  return operate({ context, settings, chain, rpc, config: config.bytes, executionId, chainReady })
}

async function operate(params: {
  context: NodeContext
  settings: RunSettings
  chain: ChainSettings
  rpc: Rpc
  config: Uint8Array
  executionId: Hex
  chainReady: Promise<void>
}): Promise<string> {
  const { context, settings, config } = params
  const { don } = context
  const nodes = don.seats.map((seat) => startNode(context, seat))
  const { promise: deadline, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      reject(new HostError('NODES_FAILED', `the execution took longer than ${settings.limits.executionMillis} ms`)),
    settings.limits.executionMillis,
  )
  const work = async (): Promise<string> => {
    await params.chainReady
    const subscriptions = await subscribe({ don, nodes, config })
    const { runDir, limits, trigger } = settings
    if (subscriptions.length > limits.triggers) {
      throw new HostError(
        'CONFIG_REFUSED',
        `quota triggers exceeded: ${subscriptions.length} wanted, ${limits.triggers} allowed`,
      )
    }
    const { chain, rpc } = params
    const watched = { runDir, limits, chain, rpc, nowMillis: context.clock.latest() }
    const fired = await triggerEvent(watched, { choice: trigger, subscriptions })
    const value = await fire({ don, nodes, config, ...fired })
    return resultLine(params.executionId, toPlain(value))
  }
  try {
    return await Promise.race([work(), deadline])
  } catch (error) {
    if (don.rpcFailure !== undefined) throw new HostError('RPC_UNAVAILABLE', don.rpcFailure)
    throw error
  } finally {
    clearTimeout(timer)
    don.close()
    // Workers that start while others are still ending leave threads behind, so a run ends with its Workers.
    await Promise.race([Promise.all(nodes.map(({ stop }) => stop())), Bun.sleep(STOP_MILLIS)])
  }
}

/** The handler's return value with the execution it belongs to, as one line of JSON. */
function resultLine(executionId: Hex, value: unknown): string {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value }
  return JSON.stringify({ version: 1, executionId, ...plain })
}

function donOf(params: { file: DonFile; outlets: RunOutlets; rpcUrl: string }): Don {
  const { file, outlets } = params
  const seats = file.nodes.map(({ name, address, privateKey }) => {
    const ordinary = createNodePorts({ privateKey, rpcUrl: params.rpcUrl, rpcTimeoutMillis: RPC_TIMEOUT_MILLIS })
    return { name, address, ports: outlets.portsOf?.({ name, ordinary }) ?? ordinary }
  })
  return createDon({
    donId: file.donId,
    configVersion: file.configVersion,
    configDigest: configDigestOf(file),
    f: file.f,
    seats,
    patience: outlets.patience ?? PATIENCE,
    journal: outlets.journal,
  })
}

function identityOf(params: { settings: RunSettings; file: DonFile; base: Uint8Array }): WorkflowIdentity {
  const { workflowOwner, workflowName } = params.file
  const code = digestOfCode(params.settings.workflowDir)
  if (params.settings.bundleDir !== undefined) assertFresh({ bundleDir: params.settings.bundleDir, code })
  const workflowId = workflowIdOf({ owner: workflowOwner, name: workflowName, code, config: params.base })
  return { workflowId, workflowName, workflowOwner }
}

/** What each node's Worker runs, and the program it loads. */
async function programs(
  settings: RunSettings,
  engineOf: (node: string) => EngineName,
  file: DonFile,
): Promise<(node: string) => Program> {
  const { bundleDir, workflowDir, cacheDir } = settings
  const bun: Program =
    bundleDir === undefined
      ? { guestUrl: path.join(workflowDir, 'host/guest.ts'), program: path.join(workflowDir, 'main.ts') }
      : { guestUrl: path.join(bundleDir, 'guest.js'), program: path.join(bundleDir, 'workflow.js') }
  if (!file.nodes.some(({ name }) => engineOf(name) === 'quickjs')) return () => bun
  const program = await ensureProgram({ workflowDir, cacheDir, code: digestOfCode(workflowDir) })
  const quickjs: Program = { guestUrl: path.join(workflowDir, 'host/quickjs/guest.ts'), program }
  return (node) => (engineOf(node) === 'quickjs' ? quickjs : bun)
}
