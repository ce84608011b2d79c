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
import { shownIdOf, workflowIdOf } from '../don/identity'
import { readArtifact } from './artifact'
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
  const { workflowDir, donFile, bundleDir, artifactFile } = settings
  const configFile = settings.deployedConfigFile ?? path.join(workflowDir, 'config.local.json')
  const deployed = parseJsonObject(readContent(configFile), `the deployed configuration ${path.basename(configFile)}`)
  const file = readDonFile(donFile)
  const code = digestOfCode(workflowDir)
  if (bundleDir !== undefined) assertFresh({ bundleDir, code })
  const chain = await chainOf({ don: file, name: String(deployed.json['chainSelectorName']), rpcUrl: settings.rpcUrl })
  const transmitters = readTransmitters({ donFile, don: file })
  const { keys, ...known } = separateKeys({ don: file, transmitters })
  const { workflowOwner, workflowName } = file
  const artifact = artifactFile === undefined ? undefined : readArtifact(readContent(artifactFile))
  const workflowId = workflowIdOf({
    ...{ owner: workflowOwner, name: workflowName },
    ...{ binary: artifact ?? code, config: deployed.bytes },
  })
  const shownId = shownIdOf({ workflowId, isDeployed: artifact !== undefined })
  return {
    description: { ...known, chain, identity: { workflowId, workflowName, workflowOwner }, shownId },
    deployed,
    code,
    keys,
  }
}
