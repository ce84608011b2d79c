// Defines the settings of the local DON and of each of its runs.
import type { Limits } from '../base/limits'

/** What sets off the workflow: the payload file, the schedule (as of `at`, in unix seconds, or now), or a log. */
export type TriggerChoice =
  | { kind: 'http' }
  | { kind: 'cron'; at?: number | undefined }
  | { kind: 'log'; txHash: string; index: number }

/** What runs the guests: Bun's engine, or the QuickJS of a DON. */
export type EngineName = 'bun' | 'quickjs'

/** Settings of the local DON, the same for all its runs. */
export type DonSettings = {
  /** The CRE project's folder. */
  workflowDir: string
  /** The deployed configuration, where it is not the folder's config.local.json. */
  deployedConfigFile?: string | undefined
  /** What `cre` deploys of this workflow, if that has been made. */
  artifactFile?: string | undefined
  donFile: string
  /** The secrets of the workflow; need not exist. */
  secretsFile: string
  rpcUrl?: string | undefined
  bundleDir?: string | undefined
  /** Where compiled programs are kept. */
  cacheDir: string
  limits: Limits
  engine: EngineName
}

/** What a file holds, or why that cannot be told. */
export type FileContent = Uint8Array | 'missing' | 'unreadable' | 'exposed'

/** The files of a run, as they were when it began. */
export type RunFiles = {
  /** The run's configuration, and the name of its file. */
  config: { name: string; content: FileContent }
  /** The payload; `missing` where another trigger fires. */
  payload: FileContent
  /** The workflow's secrets, and the path of their file. */
  secrets: { path: string; content: FileContent }
}

/** One run of the workflow. */
export type Run = Pick<RunRequest, 'requestId' | 'transmitterSlot' | 'trigger'> & { files: RunFiles }

/** Settings of one run. */
export type RunRequest = {
  /** Holds this run's config.json and http_trigger_payload.json; the folder itself when run by hand. */
  runDir: string
  /** This run's configuration, where it is not config.json of that directory. */
  configFile?: string | undefined
  /** Whether the run directory is a private one, which also gets the journal. */
  privateRun: boolean
  requestId: string
  transmitterSlot: number
  trigger: TriggerChoice
}

/** Settings of `bun run main.ts`. */
export type RunSettings = DonSettings & RunRequest
