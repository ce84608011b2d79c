// Opens the local DON: reads, checks and loads once what all runs share.
import path from 'node:path'
import { HostError } from '../base/errors'
import { createScrubber } from '../base/scrub'
import { capabilitiesOf } from '../capabilities/ids'
import { assertChain } from '../chain/chain'
import { createDeliveryMemory } from '../chain/delivery-memory'
import { RPC_TIMEOUT_MILLIS, createRpc } from '../chain/rpc'
import { shareReads } from '../chain/shared-reads'
import type { Transmitter } from '../chain/transaction'
import type { DonDescription } from '../don/don-file'
import { type NodePorts, type Signatory, createNodePorts } from '../don/ports'
import { bundleGuestCode, readGuestCode } from '../guest/code'
import { type GuestPool, createGuestPool } from '../guest/pool'
import type { GuestStart } from '../guest/process'
import { ensureProgram } from '../quickjs/compile'
import { loadProgram } from '../quickjs/program'
import type { RunEnding } from './ending'
import { allowMemory } from './memory-watch'
import type { Opening } from './opening'
import { type Installation, type RunOutlets, carryOutRun } from './run'
import type { DonSettings, EngineName, Run } from './settings'

/** The DON on this machine: read, checked and loaded once, it carries out one run after another. */
export type LocalDon = {
  /** Loads all nodes and checks the chain; the first run would do it too, but has somebody waiting. */
  warmUp: () => Promise<void>
  /** Runs the workflow once, after the run before, and gives its last line, however it ended. */
  run: (run: Run, outlets: RunOutlets) => Promise<RunEnding>
  /** How many guests the nodes have had: as many as there are nodes, as long as none was lost. */
  guestStarts: () => number
  /** Ends the nodes. */
  stop: () => Promise<void>
  /** Ends nothing: the nodes' guests, loaded as they are, for another DON of the same code. */
  leaveGuests: () => GuestPool
}

/**
 * What a DON is opened with; `single` for one run only; `engineOf` lets nodes differ in their engine, `guests` are those of a DON
 * that was left.
 */
export type LocalDonParams = {
  settings: DonSettings
  opening: Opening
  signatory: Signatory
  single?: boolean
  engineOf?: (node: string) => EngineName
  guests?: GuestPool
}

/** Opens the DON; throws HostError when the workflow's code cannot be loaded. */
export async function openLocalDon(params: LocalDonParams): Promise<LocalDon> {
  const installation = await installDon(params)
  const { guests, don } = installation
  return {
    async warmUp() {
      const loaded = don.nodes.map(({ name }) => guests.guestOf(name).ready())
      await Promise.all([installation.checkChain(), ...loaded])
    },
    run: (run, outlets) => carryOutRun(installation, run, outlets),
    guestStarts: guests.starts,
    async stop() {
      await guests.stop()
      installation.memory.close()
    },
    leaveGuests() {
      installation.memory.close()
      return guests
    },
  }
}

async function installDon(params: LocalDonParams): Promise<Installation> {
  const { settings, opening, signatory, single = false, engineOf, guests } = params
  const { description, deployed, code } = opening
  const { don, chain } = description
  const endpoint = { url: chain.rpcUrl, timeoutMillis: RPC_TIMEOUT_MILLIS }
  const rpc = createRpc(endpoint)
  // All nodes of this machine, and its transmitters, have the same endpoint.
  const reads = shareReads(rpc)
  const seats = don.nodes.map(({ name, address }) => {
    const sign: NodePorts['sign'] = (report) => signatory.signReport(name, report)
    return { name, address, ports: createNodePorts({ rpc: reads.rpc, sign }) }
  })
  const clean = createScrubber({
    secrets: [],
    urls: [chain.rpcUrl, ...don.chains.map(({ rpcUrl }) => rpcUrl), ...urlsIn(deployed.json)],
  })
  const startNew = async () =>
    createGuestPool(
      await guestStarts({
        ...{ settings, code, single, nodes: don.nodes.map(({ name }) => name) },
        capabilities: capabilitiesOf(chain.selector),
        engineOf: engineOf ?? (() => settings.engine),
      }),
    )
  let checked: Promise<void> | undefined
  return {
    ...description,
    deployed,
    clean,
    limits: settings.limits,
    memory: allowMemory({ guests: don.nodes.length, limits: settings.limits }),
    rpc: reads.rpc,
    forgetReads: reads.forget,
    deliveries: createDeliveryMemory(),
    checkChain: () => {
      checked ??= assertChain({ rpc, chain })
      checked.catch(() => (checked = undefined))
      return checked
    },
    transmitterOf: (slot) => transmitterOf({ description, signatory, slot }),
    seats,
    single,
    subscribed: {},
    guests: guests ?? (await startNew()),
  }
}

function transmitterOf(params: { description: DonDescription; signatory: Signatory; slot: number }): Transmitter {
  const { slot, signatory } = params
  const { transmitters } = params.description
  const address = transmitters[slot]
  if (address === undefined) {
    throw new HostError('HOST_ERROR', `there is no transmitter ${slot}, the file has ${transmitters.length}`)
  }
  return { address, sign: (call) => signatory.signTransaction(slot, call) }
}

/** Every text of a configuration that is a URL. */
function urlsIn(value: unknown): string[] {
  if (typeof value === 'string') return URL.canParse(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(urlsIn) : []
}

/** What each node's Worker runs. */
async function guestStarts(params: {
  settings: DonSettings
  code: Uint8Array
  single: boolean
  nodes: string[]
  capabilities: string[]
  engineOf: (node: string) => EngineName
}): Promise<(node: string) => GuestStart> {
  const { capabilities, engineOf, nodes, single } = params
  const { bundleDir, workflowDir, cacheDir } = params.settings
  const engines = new Set(nodes.map(engineOf))
  const guestUrl =
    bundleDir === undefined ? path.join(workflowDir, 'host/guest/guest.ts') : path.join(bundleDir, 'guest.js')
  const code = bundleDir === undefined ? (await bundleGuestCode(workflowDir)).code : readGuestCode(bundleDir)
  const bun = { guestUrl, program: { engine: 'bun', code, single } as const }
  if (!engines.has('quickjs')) return (name) => ({ name, capabilities, ...bun })
  const directory = await ensureProgram({ workflowDir, cacheDir, bundleDir, code: params.code })
  const quickjs = {
    guestUrl: path.join(workflowDir, 'host/quickjs/guest.ts'),
    program: loadProgram({ directory, maxMemoryBytes: params.settings.limits.guestMemoryBytes }),
  }
  return (name) => ({ name, capabilities, ...(engineOf(name) === 'quickjs' ? quickjs : bun) })
}
