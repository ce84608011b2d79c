// Reads and checks what all runs of a DON share, and sets the keys apart.
import path from 'node:path'
import {
  type DonDescription,
  type DonKeys,
  chainOf,
  readDonFile,
  readTransmitters,
  separateKeys,
} from '../don/don-file'
import { workflowIdOf } from '../don/identity'
import { assertFresh, digestOfCode } from './code-digest'
import { type JsonFile, parseJsonObject } from './run-config'
import { readContent } from './run-files'
import type { DonSettings } from './settings'

/** What all runs share, but for the keys. */
export type Opening = {
  description: DonDescription
  /** The deployed configuration. */
  deployed: JsonFile
  /** Digest of the workflow's code. */
  code: Uint8Array
}

/** Reads the DON's files; throws HostError when one is missing or wrong. */
export async function readOpening(settings: DonSettings): Promise<Opening & { keys: DonKeys }> {
  const { workflowDir, donFile, bundleDir } = settings
  const configFile = settings.deployedConfigFile ?? path.join(workflowDir, 'config.local.json')
  const deployed = parseJsonObject(readContent(configFile), `the deployed configuration ${path.basename(configFile)}`)
  const file = readDonFile(donFile)
  const code = digestOfCode(workflowDir)
  if (bundleDir !== undefined) assertFresh({ bundleDir, code })
  const chain = await chainOf({ don: file, name: String(deployed.json['chainSelectorName']), rpcUrl: settings.rpcUrl })
  const transmitters = readTransmitters({ donFile, don: file })
  const { keys, ...known } = separateKeys({ don: file, transmitters })
  const { workflowOwner, workflowName } = file
  const workflowId = workflowIdOf({ owner: workflowOwner, name: workflowName, code, config: deployed.bytes })
  return {
    description: { ...known, chain, identity: { workflowId, workflowName, workflowOwner } },
    deployed,
    code,
    keys,
  }
}
