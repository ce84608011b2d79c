// Opens the local DON: reads, checks and loads once what all runs share.
import path from 'node:path'
import { createScrubber } from '../base/scrub'
import { assertChain } from '../chain/chain'
import { createRpc } from '../chain/rpc'
import { chainOf, readDonFile, readTransmitter, readTransmitters } from '../don/don-file'
import { workflowIdOf } from '../don/identity'
import { createNodePorts } from '../don/ports'
import { bundleGuestCode, readGuestCode } from '../guest/code'
import { createGuestPool } from '../guest/pool'
import type { GuestStart } from '../guest/process'
import { ensureProgram } from '../quickjs/compile'
import { hasProgram, loadProgram, programIn } from '../quickjs/program'
import { assertFresh, digestOfCode } from './code-digest'
import type { RunEnding } from './ending'
import { type Installation, type RunOutlets, carryOutRun } from './run'
import { readJsonObject } from './run-config'
import type { DonSettings, EngineName, RunRequest } from './settings'

const RPC_TIMEOUT_MILLIS = 10_000

/** The DON on this machine: read, checked and loaded once, it carries out one run after another. */
export type LocalDon = {
  /** Loads all nodes and checks the chain; the first run would do it too, but has somebody waiting. */
  warmUp: () => Promise<void>
  /** Runs the workflow once, after the run before, and gives its last line, however it ended. */
  run: (request: RunRequest, outlets: RunOutlets) => Promise<RunEnding>
  /** How many guests the nodes have had: as many as there are nodes, as long as none was lost. */
  guestStarts: () => number
  /** Ends the nodes. */
  stop: () => Promise<void>
}

/** Opens the DON; throws HostError when a file is missing or wrong. `engineOf` lets nodes differ in their engine. */
export async function openLocalDon(
  settings: DonSettings,
  engineOf: (node: string) => EngineName = () => settings.engine,
): Promise<LocalDon> {
  const installation = await installDon(settings, engineOf)
  const { guests, file } = installation
  return {
    async warmUp() {
      const loaded = file.nodes.map(({ name }) => guests.guestOf(name).ready())
      await Promise.all([installation.checkChain(), ...loaded])
    },
    run: (request, outlets) => carryOutRun(installation, request, outlets),
    guestStarts: guests.starts,
    stop: guests.stop,
  }
}

async function installDon(settings: DonSettings, engineOf: (node: string) => EngineName): Promise<Installation> {
  const { workflowDir, donFile, limits } = settings
  const baseFile = settings.baseConfigFile ?? path.join(workflowDir, 'config.json')
  const base = readJsonObject(baseFile, `the base configuration ${path.basename(baseFile)}`)
  const file = readDonFile(donFile)
  const code = digestOfCode(workflowDir)
  if (settings.bundleDir !== undefined) assertFresh({ bundleDir: settings.bundleDir, code })
  const chain = await chainOf({ don: file, name: String(base.json['chainSelectorName']), rpcUrl: settings.rpcUrl })
  const endpoint = { url: chain.rpcUrl, timeoutMillis: RPC_TIMEOUT_MILLIS }
  const rpc = createRpc(endpoint)
  const seats = file.nodes.map(({ name, address, privateKey }) => {
    return { name, address, ports: createNodePorts({ privateKey, rpc: createRpc(endpoint) }) }
  })
  const transmitters = readTransmitters({ donFile, don: file })
  const clean = createScrubber({
    secrets: [...file.nodes, ...transmitters].map(({ privateKey }) => privateKey),
    urls: [chain.rpcUrl, ...file.chains.map(({ rpcUrl }) => rpcUrl), ...urlsIn(base.json)],
  })
  const { workflowOwner, workflowName } = file
  const workflowId = workflowIdOf({ owner: workflowOwner, name: workflowName, code, config: base.bytes })
  let checked: Promise<void> | undefined
  return {
    base: base.json,
    file,
    clean,
    limits,
    secretsFile: settings.secretsFile,
    chain,
    rpc,
    identity: { workflowId, workflowName, workflowOwner },
    checkChain: () => {
      checked ??= assertChain({ rpc, chain })
      checked.catch(() => (checked = undefined))
      return checked
    },
    transmitterOf: askOnce((slot: number) => readTransmitter({ donFile, don: file, slot })),
    seats,
    guests: createGuestPool(await guestStarts({ settings, code, nodes: file.nodes.map(({ name }) => name), engineOf })),
  }
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
  nodes: string[]
  engineOf: (node: string) => EngineName
}): Promise<(node: string) => GuestStart> {
  const { engineOf, nodes } = params
  const { bundleDir, workflowDir, cacheDir } = params.settings
  const engines = new Set(nodes.map(engineOf))
  const guestUrl =
    bundleDir === undefined ? path.join(workflowDir, 'host/guest/guest.ts') : path.join(bundleDir, 'guest.js')
  const code = bundleDir === undefined ? await bundleGuestCode(workflowDir) : readGuestCode(bundleDir)
  const bun = { guestUrl, program: { engine: 'bun', code } as const }
  if (!engines.has('quickjs')) return (name) => ({ name, ...bun })
  const bundled = bundleDir === undefined ? undefined : programIn(bundleDir)
  const directory =
    bundled !== undefined && hasProgram(bundled)
      ? bundled
      : await ensureProgram({ workflowDir, cacheDir, code: params.code })
  const quickjs = {
    guestUrl: path.join(workflowDir, 'host/quickjs/guest.ts'),
    program: loadProgram({ directory, maxMemoryBytes: params.settings.limits.guestMemoryBytes }),
  }
  return (name) => ({ name, ...(engineOf(name) === 'quickjs' ? quickjs : bun) })
}

/** The answer to a question that is asked once. */
function askOnce<Key, Answer>(ask: (key: Key) => Answer): (key: Key) => Answer {
  const answers = new Map<Key, Answer>()
  return (key) => {
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = ask(key)
    answers.set(key, answer)
    return answer
  }
}
