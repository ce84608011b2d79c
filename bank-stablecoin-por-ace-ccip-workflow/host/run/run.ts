// Carries out one run of the workflow, from its run directory to its result line.
import path from 'node:path'
import type { Hex } from 'viem'
import { consensus } from '../capabilities/consensus'
import { evm } from '../capabilities/evm'
import { httpActions } from '../capabilities/http-action'
import type { ChainSettings } from '../chain/chain'
import { type Don, type DonTimeouts, createDon } from '../don/don'
import { createDonClock } from '../don/clock'
import { type DonFile, configDigestOf } from '../don/don-file'
import { HostError } from '../base/errors'
import { fireTrigger, readSubscriptions } from './execution'
import type { GuestPool } from '../guest/pool'
import { createHttpCache } from '../capabilities/http-cache'
import { type WorkflowIdentity, executionIdOf } from '../don/identity'
import { type Journal, redacted } from '../base/journal'
import type { Limits } from '../base/limits'
import { createWorkflowLog } from './workflow-log'
import { type Node, type NodeContext, seatNode } from './node'
import type { NodePorts, NodeSeat } from '../don/ports'
import { createReportSigner } from '../capabilities/report-signer'
import type { Rpc } from '../chain/rpc'
import { assertOnlyBasketDiffers, readJsonObject } from './run-config'
import { openSecrets } from './secrets'
import { createSeedSource } from './seed'
import type { RunRequest } from './settings'
import type { Transmitter } from '../chain/transaction'
import { triggerEvent } from './trigger'
import { toPlain } from '../base/values'

const TIMEOUTS: DonTimeouts = { graceMillis: 500, quorumMillis: 20_000, finishMillis: 0 }

/** What all runs of a process share; none of it changes from run to run. */
export type Installation = {
  /** The base configuration. */
  base: Record<string, unknown>
  file: DonFile
  limits: Limits
  secretsFile: string
  chain: ChainSettings
  /** The host's own endpoint, for triggers and transmissions. */
  rpc: Rpc
  identity: WorkflowIdentity
  /** Rejects when the endpoint is down or serves something else; asked once. */
  checkChain: () => Promise<void>
  transmitterOf: (slot: number) => Transmitter
  /** The nodes with their ordinary ports. */
  seats: NodeSeat[]
  guests: GuestPool
}

/** What a run reports to, and what tests put in place of the ordinary ports. */
export type RunOutlets = {
  journal: Journal
  print: (line: string) => void
  timeouts?: DonTimeouts
  portsOf?: (params: { name: string; ordinary: NodePorts }) => NodePorts
}

/** Runs the workflow once, when the run before has been cleared away, and gives its result line. */
export async function carryOutRun(shared: Installation, request: RunRequest, outlets: RunOutlets): Promise<string> {
  await shared.guests.released()
  const configFile = request.configFile ?? path.join(request.runDir, 'config.json')
  const config = readJsonObject(configFile, `the run's ${path.basename(configFile)}`)
  assertOnlyBasketDiffers({ base: shared.base, run: config.json })
  const transmitter = shared.transmitterOf(request.transmitterSlot)
  const { file, identity, chain, rpc, limits } = shared
  const executionId = executionIdOf({ workflowId: identity.workflowId, requestId: request.requestId })
  const secrets = openSecrets({ file: shared.secretsFile, owner: file.workflowOwner })
  const journal = secrets.isEmpty ? outlets.journal : redacted(outlets.journal, secrets.redact)
  const print = (line: string) => outlets.print(secrets.redact(line))
  const don = donOf(shared, { ...outlets, journal })
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
  const log = createWorkflowLog({ f: don.f, limits, journal, print })
  const context = { don, clock, seeds: createSeedSource(executionId), log, limits, secrets, capabilities }
  const nodes = don.seats.map((seat) => seatNode(context, seat, shared.guests.guestOf(seat.name)))
  try {
    const value = await withinExecutionTime(runPhases(shared, request, { context, nodes, config: config.bytes }), limits)
    return secrets.redact(resultLine(executionId, value))
  } catch (error) {
    if (don.rpcFailure !== undefined) throw new HostError('RPC_UNAVAILABLE', don.rpcFailure)
    if (error instanceof Error) error.message = secrets.redact(error.message)
    throw error
  } finally {
    don.close()
    shared.guests.release(nodes)
  }
}

/** Both phases: the handler's return value. */
async function runPhases(
  shared: Installation,
  request: RunRequest,
  run: { context: NodeContext; nodes: Node[]; config: Uint8Array },
): Promise<unknown> {
  const { nodes, config } = run
  const { don, clock } = run.context
  const { limits, chain, rpc } = shared
  await shared.checkChain()
  const subscriptions = await readSubscriptions({ don, nodes, config })
  if (subscriptions.length > limits.triggers) {
    throw new HostError(
      'CONFIG_REFUSED',
      `quota triggers exceeded: ${subscriptions.length} wanted, ${limits.triggers} allowed`,
    )
  }
  const watched = { runDir: request.runDir, limits, chain, rpc, nowMillis: clock.latest() }
  const fired = await triggerEvent(watched, { choice: request.trigger, subscriptions })
  return toPlain(await fireTrigger({ don, nodes, config, ...fired }))
}

/** An execution that takes longer than the quota is ended. */
async function withinExecutionTime<Result>(work: Promise<Result>, { executionMillis }: Limits): Promise<Result> {
  const { promise: deadline, reject } = Promise.withResolvers<never>()
  const late = (): void =>
    reject(new HostError('NODES_FAILED', `the execution took longer than ${executionMillis} ms`))
  const timer = setTimeout(late, executionMillis)
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer))
}

/** The handler's return value with the execution it belongs to, as one line of JSON. */
function resultLine(executionId: Hex, value: unknown): string {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value }
  return JSON.stringify({ version: 1, executionId, ...plain })
}

function donOf({ file, seats }: Installation, outlets: RunOutlets): Don {
  return createDon({
    donId: file.donId,
    configVersion: file.configVersion,
    configDigest: configDigestOf(file),
    f: file.f,
    seats: seats.map((seat) => ({
      ...seat,
      ports: outlets.portsOf?.({ name: seat.name, ordinary: seat.ports }) ?? seat.ports,
    })),
    timeouts: outlets.timeouts ?? TIMEOUTS,
    journal: outlets.journal,
  })
}
