// Reads the settings of the process from its environment and its arguments.
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { HostError } from '../base/errors'
import { type Limits, NO_LIMITS, PRODUCTION_LIMITS } from '../base/limits'
import type { DonSettings, EngineName, RunSettings, TriggerChoice } from '../run/settings'

const USAGE =
  'usage: bun run main.ts [--trigger http|cron|log] [--at <unix seconds>] [--log <transaction hash>:<index>] [--engine bun|quickjs]'

/** The last second that a time stamp on the wire can hold. */
export const MAX_UNIX_SECONDS = 253_402_300_799

type Outside = { workflowDir: string; env: Record<string, string | undefined>; args: string[] }

/** Reads the settings of `bun run main.ts` from environment and arguments; the only reader of either. */
export function readSettings(outside: Outside): RunSettings {
  const { env } = outside
  const runDir = nonEmpty(env['CRE_RUN_DIR'])
  const don = readDonSettings(outside)
  return {
    ...don,
    runDir: runDir === undefined ? outside.workflowDir : path.resolve(runDir),
    // Run by hand with another deployed configuration, no config.json of the project's belongs to it.
    configFile: runDir === undefined ? don.deployedConfigFile : undefined,
    privateRun: runDir !== undefined,
    requestId: nonEmpty(env['CRE_REQUEST_ID']) ?? randomUUID(),
    transmitterSlot: slotOf(env['CRE_TRANSMITTER_SLOT']),
    trigger: readFlags(outside).trigger,
  }
}

/** Reads what holds for all runs of a process. */
export function readDonSettings({ workflowDir, env, args }: Outside): DonSettings {
  const donFile = path.resolve(workflowDir, nonEmpty(env['CRE_DON_FILE']) ?? '../.local/don.json')
  const bundleDir = nonEmpty(env['CRE_BUNDLE_DIR'])
  const deployedConfigFile = nonEmpty(env['CRE_CONFIG_FILE'])
  const artifactFile = nonEmpty(env['WORKFLOW_ARTIFACT'])
  return {
    workflowDir,
    deployedConfigFile: deployedConfigFile === undefined ? undefined : path.resolve(workflowDir, deployedConfigFile),
    artifactFile: artifactFile === undefined ? undefined : path.resolve(workflowDir, artifactFile),
    donFile,
    secretsFile: path.resolve(nonEmpty(env['CRE_SECRETS_FILE']) ?? path.join(path.dirname(donFile), 'secrets.json')),
    rpcUrl: nonEmpty(env['RPC_URL'])?.split(',')[0]?.trim(),
    bundleDir: bundleDir === undefined ? undefined : path.resolve(bundleDir),
    cacheDir: path.resolve(workflowDir, nonEmpty(env['CRE_CACHE_DIR']) ?? '../target/cre'),
    limits: limitsOf(env['CRE_LIMITS']),
    engine: readFlags({ env, args }).engine,
  }
}

/** What the command line says, or the environment where it says nothing. */
function readFlags({ env, args }: Pick<Outside, 'env' | 'args'>): { trigger: TriggerChoice; engine: EngineName } {
  const ofEnvironment = nonEmpty(env['CRE_ENGINE']) ?? 'bun'
  if (!isEngine(ofEnvironment)) throw new HostError('HOST_ERROR', 'CRE_ENGINE is neither bun nor quickjs')
  try {
    const options = {
      trigger: { type: 'string' },
      log: { type: 'string' },
      at: { type: 'string' },
      engine: { type: 'string' },
    } as const
    const { values } = parseArgs({ args, options })
    const engine = values.engine ?? ofEnvironment
    if (!isEngine(engine)) throw new HostError('HOST_ERROR', USAGE)
    return { trigger: triggerOf(values.trigger ?? 'http', values), engine }
  } catch (error) {
    if (error instanceof HostError) throw error
    throw new HostError('HOST_ERROR', USAGE)
  }
}

function triggerOf(kind: string, { at, log }: { at?: string | undefined; log?: string | undefined }): TriggerChoice {
  if (at !== undefined && (kind !== 'cron' || !/^\d{1,12}$/.test(at) || Number(at) > MAX_UNIX_SECONDS)) {
    throw new HostError('HOST_ERROR', USAGE)
  }
  if (kind === 'cron') return { kind, at: at === undefined ? undefined : Number(at) }
  if (kind === 'http') return { kind }
  const match = /^(0x[0-9a-fA-F]{64}):(\d{1,6})$/.exec(log ?? '')
  if (kind !== 'log' || match?.[1] === undefined) throw new HostError('HOST_ERROR', USAGE)
  return { kind, txHash: match[1], index: Number(match[2]) }
}

function isEngine(name: string): name is EngineName {
  return name === 'bun' || name === 'quickjs'
}

function slotOf(text: string | undefined): number {
  const slot = nonEmpty(text) ?? '0'
  if (!/^\d{1,4}$/.test(slot)) throw new HostError('HOST_ERROR', 'CRE_TRANSMITTER_SLOT is no index')
  return Number(slot)
}

function limitsOf(text: string | undefined): Limits {
  const name = nonEmpty(text) ?? 'production'
  if (name === 'production') return PRODUCTION_LIMITS
  if (name === 'none') return NO_LIMITS
  throw new HostError('HOST_ERROR', 'CRE_LIMITS is neither production nor none')
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}
