import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { HostError } from './errors'
import { type Limits, NO_LIMITS, PRODUCTION_LIMITS } from './limits'

/** What a run is told from outside. */
export type RunSettings = {
  /** The CRE project's folder; its config.json is the base configuration. */
  workflowDir: string
  /** Holds this run's config.json and http_trigger_payload.json; the folder itself when run by hand. */
  runDir: string
  /** Whether the run directory is a private one, which also gets the journal. */
  privateRun: boolean
  donFile: string
  rpcUrl?: string | undefined
  requestId: string
  transmitterSlot: number
  bundleDir?: string | undefined
  limits: Limits
}

/** Reads the settings of `bun run main.ts` from environment and arguments; the only reader of either. */
export function readSettings(params: {
  workflowDir: string
  env: Record<string, string | undefined>
  args: string[]
}): RunSettings {
  const { workflowDir, env } = params
  parseFlags(params.args)
  const runDir = nonEmpty(env['CRE_RUN_DIR'])
  return {
    workflowDir,
    runDir: runDir === undefined ? workflowDir : path.resolve(runDir),
    privateRun: runDir !== undefined,
    donFile: path.resolve(workflowDir, nonEmpty(env['CRE_DON_FILE']) ?? '../.local/don.json'),
    rpcUrl: nonEmpty(env['RPC_URL'])?.split(',')[0]?.trim(),
    requestId: nonEmpty(env['CRE_REQUEST_ID']) ?? randomUUID(),
    transmitterSlot: slotOf(env['CRE_TRANSMITTER_SLOT']),
    bundleDir: bundleDirOf(env),
    limits: limitsOf(env['CRE_LIMITS']),
  }
}

/** The directory of a bundle made by host/bundle.ts, if one is to be used. */
export function bundleDirOf(env: Record<string, string | undefined>): string | undefined {
  const directory = nonEmpty(env['CRE_BUNDLE_DIR'])
  return directory === undefined ? undefined : path.resolve(directory)
}

function parseFlags(args: string[]): void {
  try {
    parseArgs({ args, options: {}, allowPositionals: false })
  } catch (error) {
    throw new HostError('HOST_ERROR', `usage: bun run main.ts; ${error instanceof Error ? error.message : ''}`)
  }
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
