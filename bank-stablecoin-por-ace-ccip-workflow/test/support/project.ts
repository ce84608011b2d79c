import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HostError } from '../../host/base/errors'
import { type JournalEvent, createJournal } from '../../host/base/journal'
import { type Limits, PRODUCTION_LIMITS } from '../../host/base/limits'
import type { DonTimeouts } from '../../host/don/don'
import type { Evidence } from '../../host/don/evidence'
import type { NodePorts } from '../../host/don/ports'
import type { GuestPool } from '../../host/guest/pool'
import { claimOfRun } from '../../host/process/claim-of-run'
import type { RunEnding } from '../../host/run/ending'
import { openLocalDon } from '../../host/run/local-don'
import { readOpening } from '../../host/run/opening'
import type { RunOutlets } from '../../host/run/run'
import { readRun } from '../../host/run/run-files'
import type { EngineName, RunRequest, TriggerChoice } from '../../host/run/settings'
import { createSigner } from '../../host/signer/signer'
import type { MintResult } from '../../workflow/orders/result'
import { ACCOUNTS, type Basket, type TestChain, WORKFLOW_DIR, temporaryDirectory } from './fixture'

const COPIED = [
  'main.ts',
  'workflow',
  'host',
  'bunfig.toml',
  'package.json',
  'bun.lock',
  'tsconfig.json',
  'config.local.json',
  'limits.json',
  'workflow.yaml',
  'project.yaml',
]

/** Where bundles, and programs of the DON's engine, are kept from test to test. */
export const CACHE_DIR = path.join(WORKFLOW_DIR, '../target/cre')

/** A private copy of the CRE project with its own deployed configuration. */
export type Project = { dir: string; donFile: string; chain: TestChain; bundleDir: string }

/** Copies the project and bundles it, so that many runs cost little. */
export function createProject(params: {
  chain: TestChain
  donFile: string
  /** One source in the guide's format; without it, `config` brings `reserves`. */
  porApiUrl?: string
  config?: Record<string, unknown>
  /** Another workflow in the place of main.ts. */
  main?: string
  /** Further packages by name: the text of each one's only module. */
  packages?: Record<string, string>
}): Project {
  const dir = temporaryDirectory('project')
  for (const name of COPIED) {
    const source = path.join(WORKFLOW_DIR, name)
    if (existsSync(source)) cpSync(source, path.join(dir, name), { recursive: true })
  }
  if (params.main !== undefined) cpSync(params.main, path.join(dir, 'main.ts'))
  linkPackages(dir, params.packages)
  const bundleDir = path.join(dir, 'bundle')
  const project = { dir, donFile: params.donFile, chain: params.chain, bundleDir }
  configure(project, { porApiUrl: params.porApiUrl, ...params.config })
  const bundled = Bun.spawnSync([process.execPath, 'run', 'host/bundle.ts', '--out', bundleDir], {
    cwd: dir,
    env: { ...process.env, CRE_CACHE_DIR: CACHE_DIR },
    stdout: 'ignore',
  })
  if (bundled.exitCode !== 0) throw new Error('the project does not bundle')
  return project
}

/** The packages that are installed, and some that are not. */
function linkPackages(dir: string, packages: Record<string, string> = {}): void {
  const [installed, linked] = [path.join(WORKFLOW_DIR, 'node_modules'), path.join(dir, 'node_modules')]
  if (Object.keys(packages).length === 0) return symlinkSync(installed, linked)
  mkdirSync(linked)
  for (const name of readdirSync(installed)) symlinkSync(path.join(installed, name), path.join(linked, name))
  for (const [name, text] of Object.entries(packages)) {
    mkdirSync(path.join(linked, name))
    writeFileSync(path.join(linked, name, 'package.json'), JSON.stringify({ name, type: 'module', main: 'index.js' }))
    writeFileSync(path.join(linked, name, 'index.js'), text)
  }
}

/** Where a project's deployed configuration is. */
const deployedConfig = (project: Project): string => path.join(project.dir, 'config.local.json')

/** The project's deployed configuration, as it is written. */
export function configurationOf(project: Project): string {
  return readFileSync(deployedConfig(project), 'utf8')
}

/** Changes the project's deployed configuration for the DONs to come; a bundle is of the code alone and stays good. */
export function configure(project: Project, change: Record<string, unknown>): void {
  const { basketFactory } = project.chain.deployment
  const deployed = JSON.parse(configurationOf(project)) as Record<string, unknown>
  writeFileSync(deployedConfig(project), JSON.stringify({ ...deployed, basketFactory, ...change }))
}

/** The payload of one order of 1000 tokens, or of the orders given. */
export function payloadOf(
  project: Project,
  params: { orders?: Record<string, unknown>[]; validUntil?: number; basket?: Basket } = {},
): Record<string, unknown> {
  const { stablecoin, mintingConsumer } = params.basket ?? project.chain.deployment.firstBasket
  return {
    version: 1,
    chainId: 31337,
    stablecoin,
    consumer: mintingConsumer,
    ...(params.validUntil === undefined ? {} : { validUntil: params.validUntil }),
    orders: params.orders ?? [{ account: ACCOUNTS.beneficiary, amount: tokens(1000) }],
  }
}

/** Base units of whole tokens with 18 decimals. */
export function tokens(amount: number): string {
  return (BigInt(amount) * 10n ** 18n).toString()
}

/** A run directory for the project: the basket is the payload's, or the first where that names none. */
export function runDirectory(project: Project, payload: unknown, config: Record<string, unknown> = {}): string {
  const directory = temporaryDirectory('run')
  const deployed = JSON.parse(configurationOf(project)) as Record<string, unknown>
  const { stablecoin, mintingConsumer } = project.chain.deployment.firstBasket
  const named = { stablecoin, consumer: mintingConsumer, ...(payload as object | null) }
  const basket = { stablecoinAddress: named.stablecoin, mintingConsumerAddress: named.consumer }
  writeFileSync(path.join(directory, 'config.json'), JSON.stringify({ ...deployed, ...basket, ...config }))
  writeFileSync(path.join(directory, 'http_trigger_payload.json'), JSON.stringify(payload))
  return directory
}

/** The result line of a run of main.ts. */
export type ResultLine = MintResult & { executionId: string; signed: boolean; evidence: Evidence }

/** The last line of a run that failed. */
export type FailureLine = { error: string; code: string; signed: boolean; evidence: Evidence }

/** How an in-process run ended, with everything it said. */
export type RunOutcome = {
  result?: ResultLine
  error?: { code: string; message: string; signed?: boolean; evidence?: Evidence }
  lines: string[]
  events: JournalEvent[]
}

/** What a test may change about a DON in this process, for all its runs. */
export type DonOptions = {
  engine?: EngineName
  engineOf?: (node: string) => EngineName
  limits?: Partial<Limits>
}

/** What a test may change about a run in this process. */
export type RunOptions = {
  payload: unknown
  requestId?: string
  transmitterSlot?: number
  trigger?: TriggerChoice
  /** Puts faults into nodes. */
  portsOf?: (node: { name: string; ordinary: NodePorts }) => NodePorts
  timeouts?: Partial<DonTimeouts>
}

/** A DON in this process: the signer beside the nodes. */
export type TestDon = {
  run: (request: RunRequest, outlets: RunOutlets) => Promise<RunEnding>
  warmUp: () => Promise<void>
  guestStarts: () => number
  stop: () => Promise<void>
  leaveGuests: () => GuestPool
}

/** Opens the DON in this process, with real Workers: new ones, or those of a DON that was left. */
export async function openInProcess(project: Project, options: DonOptions = {}, guests?: GuestPool): Promise<TestDon> {
  const settings = {
    workflowDir: project.dir,
    donFile: project.donFile,
    secretsFile: path.join(path.dirname(project.donFile), 'secrets.json'),
    cacheDir: CACHE_DIR,
    bundleDir: project.bundleDir,
    engine: options.engine ?? 'bun',
    limits: { ...PRODUCTION_LIMITS, ...options.limits },
  }
  const { keys, ...opening } = await readOpening(settings)
  const { description } = opening
  const signer = createSigner({ keys, description, gas: settings.limits.evmGas, nowMillis: Date.now })
  const { engineOf } = options
  const don = await openLocalDon({
    ...{ settings, opening, signatory: signer },
    ...(engineOf === undefined ? {} : { engineOf }),
    ...(guests === undefined ? {} : { guests }),
  })
  return {
    async run(request, outlets) {
      const run = readRun(request, settings)
      signer.open(await claimOfRun(run, opening))
      return don.run(run, outlets).finally(signer.close)
    },
    warmUp: don.warmUp,
    guestStarts: don.guestStarts,
    stop: don.stop,
    leaveGuests: don.leaveGuests,
  }
}

/** Runs the workflow once, on a DON of its own. */
export async function runInProcess(project: Project, options: RunOptions & DonOptions): Promise<RunOutcome> {
  const lines: string[] = []
  const events: JournalEvent[] = []
  return outcomeOf(lines, events, async () => {
    const don = await openInProcess(project, options)
    try {
      return await runRecorded({ don, project, options, lines, events })
    } finally {
      await don.stop()
    }
  })
}

/** Runs the workflow on a DON that may have carried out other runs. */
export async function runOn(don: TestDon, project: Project, options: RunOptions): Promise<RunOutcome> {
  const lines: string[] = []
  const events: JournalEvent[] = []
  return outcomeOf(lines, events, () => runRecorded({ don, project, options, lines, events }))
}

function runRecorded(params: {
  don: TestDon
  project: Project
  options: RunOptions
  lines: string[]
  events: JournalEvent[]
}): Promise<RunEnding> {
  const { options, lines, events } = params
  return params.don.run(
    {
      runDir: runDirectory(params.project, options.payload),
      privateRun: false,
      requestId: options.requestId ?? crypto.randomUUID(),
      transmitterSlot: options.transmitterSlot ?? 0,
      trigger: options.trigger ?? { kind: 'http' },
    },
    {
      journal: createJournal({ sinks: [(_line, event) => events.push(event)] }),
      print: (text) => lines.push(text),
      timeouts: { graceMillis: 10_000, quorumMillis: 15_000, finishMillis: 0, ...options.timeouts },
      ...(options.portsOf === undefined ? {} : { portsOf: options.portsOf }),
    },
  )
}

async function outcomeOf(lines: string[], events: JournalEvent[], work: () => Promise<RunEnding>): Promise<RunOutcome> {
  try {
    const { line, error } = await work()
    if (error === undefined) return { result: JSON.parse(line) as ResultLine, lines, events }
    const { error: message, ...failure } = JSON.parse(line) as FailureLine
    return { error: { message, ...failure }, lines, events }
  } catch (error) {
    if (error instanceof HostError) return { error: { code: error.code, message: error.message }, lines, events }
    throw error
  }
}

/** Runs `bun run main.ts` as the backend does, in a process of its own. */
export async function runCommand(
  project: Project,
  params: {
    payload?: unknown
    runDir?: string
    env?: Record<string, string>
    args?: string[]
    fromSources?: boolean
  },
): Promise<{ exitCode: number; stdout: string[]; stderr: string[] }> {
  const runDir = params.runDir ?? runDirectory(project, params.payload ?? payloadOf(project))
  const child = Bun.spawn([process.execPath, 'run', 'main.ts', ...(params.args ?? [])], {
    cwd: project.dir,
    env: {
      PATH: process.env['PATH'] ?? '',
      CRE_RUN_DIR: runDir,
      CRE_DON_FILE: project.donFile,
      CRE_CACHE_DIR: CACHE_DIR,
      ...(params.fromSources === true ? {} : { CRE_BUNDLE_DIR: project.bundleDir }),
      ...params.env,
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { exitCode, stdout: stdout.trimEnd().split('\n'), stderr: stderr.trimEnd().split('\n') }
}
