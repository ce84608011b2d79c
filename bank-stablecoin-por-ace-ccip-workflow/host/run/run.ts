// Carries out one run of the workflow, from its run directory to its result line.
import type { Hex } from 'viem'
import { HostError, messageOf } from '../base/errors'
import { type Journal, scrubbed } from '../base/journal'
import type { Limits } from '../base/limits'
import { assertWithin } from '../base/quota'
import { type Scrubber, createScrubber } from '../base/scrub'
import { toPlain } from '../base/values'
import { consensus } from '../capabilities/consensus'
import { evm } from '../capabilities/evm'
import { httpActions } from '../capabilities/http-action'
import { createHttpCache } from '../capabilities/http-cache'
import { createReportSigner } from '../capabilities/report-signer'
import type { DeliveryMemory } from '../chain/delivery-memory'
import { type Funds, assertFunds } from '../chain/funds'
import type { Rpc } from '../chain/rpc'
import type { Transmitter } from '../chain/transaction'
import { createDonClock } from '../don/clock'
import { type Don, type DonTimeouts, createDon } from '../don/don'
import type { DonDescription } from '../don/don-file'
import { type EvidenceRecord, createEvidence } from '../don/evidence'
import { executionIdOf } from '../don/identity'
import type { NodePorts, NodeSeat } from '../don/ports'
import type { GuestPool } from '../guest/pool'
import { type RunAccount, type RunEnding, failureLine, resultLine, toldError } from './ending'
import { type Subscription, fireTrigger, readSubscriptions } from './execution'
import type { GuestMemory } from './memory-watch'
import { type Node, type NodeContext, seatNode } from './node'
import { type JsonFile, basketOfRun, parseJsonObject, payloadFor } from './run-config'
import { openSecrets } from './secrets'
import { createSeedSource } from './seed'
import type { FileContent, Run } from './settings'
import { assertSubscriptions } from './subscriptions'
import { triggerEvent } from './trigger'
import { createWorkflowLog } from './workflow-log'

/** A line that announces a step of the workflow. */
const STEP = /^\[\d{1,2}\/\d{1,2}\] ([a-z]+):/

const TIMEOUTS: DonTimeouts = { graceMillis: 500, quorumMillis: 20_000, finishMillis: 0 }

/** What all runs of a process share; none of it changes from run to run. */
export type Installation = DonDescription & {
  /** The deployed configuration; its bytes are what the nodes get. */
  deployed: JsonFile
  /** Knows the URLs of the configuration. */
  clean: Scrubber
  limits: Limits
  /** What the nodes' guests may take. */
  memory: GuestMemory
  /** The host's own endpoint, for triggers and transmissions. */
  rpc: Rpc
  /** What the endpoint said to an earlier run is not told any more. */
  forgetReads: () => void
  /** Rejects when the endpoint is down or serves something else; asked once. */
  checkChain: () => Promise<void>
  transmitterOf: (slot: number) => Transmitter
  /** What deliveries have shown. */
  deliveries: DeliveryMemory
  /** The nodes with their ordinary ports. */
  seats: NodeSeat[]
  guests: GuestPool
  /** There is one run only. */
  single: boolean
  /** What the workflow listens to, once a run has asked: a DON asks when it is deployed. */
  subscribed: { known?: Subscription[] }
}

/** What a run reports to, and what tests put in place of the ordinary ports. */
export type RunOutlets = {
  journal: Journal
  print: (line: string) => void
  timeouts?: DonTimeouts
  portsOf?: (params: { name: string; ordinary: NodePorts }) => NodePorts
}

/** Runs the workflow once, when the run before has been cleared away, and gives its last line, however it ended. */
export async function carryOutRun(shared: Installation, request: Run, outlets: RunOutlets): Promise<RunEnding> {
  await shared.guests.released()
  shared.forgetReads()
  const { identity } = shared
  const executionId = executionIdOf({ workflowId: identity.workflowId, requestId: request.requestId })
  const run = openRun(shared, executionId)
  try {
    const value = await runWorkflow(shared, request, outlets, run)
    return { line: resultLine({ executionId, value, clean: run.clean, ...run.account() }) }
  } catch (error) {
    const told =
      run.don?.rpcFailure === undefined ? toldError(error) : new HostError('RPC_UNAVAILABLE', run.don.rpcFailure)
    scrubbed(outlets.journal, run.clean)({ event: 'run.failed', level: 'error', error: messageOf(error) })
    return { line: failureLine(told, { clean: run.clean, ...run.account() }), error: told }
  }
}

/** What is known of a run from its first moment on, whatever becomes of it. */
type OpenRun = {
  executionId: Hex
  evidence: EvidenceRecord
  /** Set when the run has come so far; before, nobody can have signed. */
  don?: Don
  transmitter?: Transmitter
  /** Without the workflow's secrets, until they are read. */
  clean: Scrubber
  account: () => RunAccount
}

function openRun({ don, configDigest, shownId, seats, clean }: Installation, executionId: Hex): OpenRun {
  const evidence = createEvidence({
    ...{ nodes: seats, f: don.f, executionId, workflowId: shownId, configDigest },
    transmitter: () => run.transmitter?.address,
  })
  const run: OpenRun = {
    executionId,
    evidence,
    clean,
    account: () => ({ signed: run.don?.hasBegunSigning() ?? false, evidence: evidence.toEvidence(run.clean) }),
  }
  return run
}

/** The handler's return value. When this is over, no node signs anything any more. */
async function runWorkflow(shared: Installation, request: Run, outlets: RunOutlets, run: OpenRun): Promise<unknown> {
  const { identity, chain, limits } = shared
  const { files } = request
  const { executionId, evidence } = run
  const secrets = openSecrets({ file: files.secrets, owner: shared.don.workflowOwner })
  if (secrets.values.length > 0) {
    const ofSecrets = createScrubber({ secrets: secrets.values, urls: [] })
    run.clean = (text) => ofSecrets(shared.clean(text))
  }
  const { deployed } = shared
  assertWithin(limits, 'configBytes', deployed.bytes.length, 'sent')
  const config = parseJsonObject(files.config.content, `the run's ${files.config.name}`)
  const payload = payloadFor(basketOfRun({ deployed: deployed.json, run: config.json }), files.payload)
  const transmitter = shared.transmitterOf(request.transmitterSlot)
  run.transmitter = transmitter
  const journal = scrubbed(outlets.journal, run.clean)
  const don = donOf(shared, { ...outlets, journal }, evidence)
  run.don = don
  journal({
    event: 'run.started',
    executionId,
    workflowId: shared.shownId,
    chain: chain.name,
    nodes: don.seats.map(({ name }) => name),
    // Equal questions of nodes with one endpoint are asked once.
    sharedReads: new Set(don.seats.map(({ ports }) => ports.rpc)).size < don.seats.length,
  })

  const clock = createDonClock(don)
  const funds = fundsOf(shared, don, transmitter)
  const signer = createReportSigner({ don, identity, executionId, now: clock.latest, beforeSigning: funds })
  const capabilities = [
    httpActions({ cache: createHttpCache(Date.now), journal }),
    consensus({ don, signer }),
    evm({ don, chain, rpc: shared.rpc, transmitter, funds, deliveries: shared.deliveries }),
  ]
  const print = (line: string): void => {
    const [, step] = STEP.exec(line) ?? []
    if (step !== undefined) evidence.reached(step === 'compliance' || step === 'reserves' ? step : undefined)
    outlets.print(run.clean(line))
  }
  const log = createWorkflowLog({ f: don.f, limits, journal, print })
  const seeds = createSeedSource(executionId)
  const context = { don, clock, seeds, log, limits, secrets, capabilities, apart: !shared.single }
  const nodes = don.seats.map((seat) => seatNode(context, seat, shared.guests.guestOf(seat.name)))
  for (const { node, reason, diedBetweenRuns } of shared.guests.takeReplacements()) {
    journal({ event: 'guest.replaced', level: diedBetweenRuns ? 'warn' : 'info', node, reason })
  }
  const memory = shared.memory.watch()
  try {
    // Nodes that a test has fail are to fail in both phases.
    const known = outlets.portsOf === undefined ? shared.subscribed.known : undefined
    const phases = runPhases(shared, request, { context, nodes, payload, known })
    return await withinExecutionTime(Promise.race([phases, memory.exceeded]), limits)
  } finally {
    memory.stop()
    don.close()
    shared.guests.release(nodes)
  }
}

/**
 * Asks what the transmitter has while the run is under way; whoever needs to know waits for the answer. Without enough for
 * one delivery the run ends before anything is signed.
 */
function fundsOf({ rpc, deployed, limits }: Installation, don: Don, { address }: Transmitter): () => Promise<Funds> {
  const configured = deployed.json['gasLimit']
  const gas = typeof configured === 'string' && /^\d{1,9}$/.test(configured) ? BigInt(configured) : limits.evmGas
  const asked = assertFunds({ rpc, address, gas })
  asked.catch(() => undefined)
  return async () => {
    try {
      return await asked
    } catch (error) {
      if (error instanceof HostError) don.fail(error)
      throw error
    }
  }
}

/** The phases of the execution: the handler's return value. The first one is over where it is known what it came to. */
async function runPhases(
  shared: Installation,
  request: Run,
  run: { context: NodeContext; nodes: Node[]; payload: FileContent; known: Subscription[] | undefined },
): Promise<unknown> {
  const { nodes, payload } = run
  const config = shared.deployed.bytes
  const { don, clock } = run.context
  const { limits, chain, rpc } = shared
  await shared.checkChain()
  const subscriptions = run.known ?? (await subscribe(shared, { don, nodes, config, limits }))
  const watched = { payload, limits, chain, rpc, nowMillis: clock.latest() }
  run.context.don.evidence.reached(undefined)
  const fired = await triggerEvent(watched, { choice: request.trigger, subscriptions })
  return toPlain(await fireTrigger({ don, nodes, config, limits, ...fired }))
}

/** Asks the workflow what it listens to; the execution that follows has an instance of its own, unless it is the only one. */
async function subscribe(
  { single, subscribed }: Installation,
  params: Parameters<typeof readSubscriptions>[0],
): Promise<Subscription[]> {
  const { nodes, limits } = params
  const subscriptions = await readSubscriptions(params)
  assertSubscriptions(subscriptions, limits)
  subscribed.known = subscriptions
  if (!single) for (const node of nodes) node.renew()
  return subscriptions
}

/** An execution that takes longer than the quota is ended. */
async function withinExecutionTime<Result>(work: Promise<Result>, { executionMillis }: Limits): Promise<Result> {
  const { promise: deadline, reject } = Promise.withResolvers<never>()
  const late = (): void => reject(new HostError('NODES_FAILED', `the execution took longer than ${executionMillis} ms`))
  const timer = setTimeout(late, executionMillis)
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer))
}

function donOf({ don, configDigest, seats }: Installation, outlets: RunOutlets, evidence: EvidenceRecord): Don {
  return createDon({
    donId: don.donId,
    configVersion: don.configVersion,
    configDigest,
    f: don.f,
    seats: seats.map((seat) => ({
      ...seat,
      ports: outlets.portsOf?.({ name: seat.name, ordinary: seat.ports }) ?? seat.ports,
    })),
    timeouts: outlets.timeouts ?? TIMEOUTS,
    journal: outlets.journal,
    evidence,
  })
}
