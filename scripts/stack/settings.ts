/** What the local stack is told by the environment, and where its parts are. */
import { join, resolve } from 'node:path'
import { localChain } from '../lib/local-chain'
import { localDir, root, workflowDir } from '../lib/paths'
import { addressPortSetting, portSetting } from '../lib/ports'

export interface StackSettings {
  /** A chain of the user's own; when set, nothing local is started or deployed. */
  externalRpcUrl: string | undefined
  /** A backend that is built already; without it, it is built first. */
  backendBinary: string | undefined
  buildProfile: string
  backendPort: number
  backendUrl: string
  /** Where the backend serves operators, if that is known before it starts. */
  operatorPort: number | undefined
  chainPort: number
  chainUrl: string
  reservePort: number
  reserveApiUrl: string
  localDir: string
  deploymentsDir: string
  deploymentRecord: string
  genesisFile: string
  stateFile: string
  donFile: string
  /** Where the workflow's checked-in configuration is. */
  checkedInConfig: string
  /** The workflow's configuration in this stack. */
  workflowConfig: string
}

export function readSettings(): StackSettings {
  const backendPort = portSetting('PORT', 3001)
  return {
    externalRpcUrl: process.env.RPC_URL || undefined,
    backendBinary: process.env.BACKEND_BIN || undefined,
    buildProfile: process.env.BUILD_PROFILE || 'release',
    backendPort,
    backendUrl: `http://localhost:${backendPort}`,
    operatorPort: addressPortSetting('ADMIN_ADDR', '127.0.0.1:9464'),
    checkedInConfig: join(resolve(root, process.env.WORKFLOW_DIR || workflowDir), 'config.local.json'),
    ...localParts({
      folder: localDir,
      chainPort: portSetting('LOCAL_CHAIN_PORT', 8545),
      reservePort: portSetting('RESERVE_API_PORT', 3002),
    }),
  }
}

export type LocalParts = ReturnType<typeof localParts>

/** A local chain with its contracts and keys in a folder. */
export function localParts({
  folder,
  chainPort,
  reservePort,
}: {
  folder: string
  chainPort: number
  reservePort: number
}) {
  return {
    chainPort,
    chainUrl: `http://127.0.0.1:${chainPort}`,
    reservePort,
    reserveApiUrl: `http://127.0.0.1:${reservePort}`,
    localDir: folder,
    deploymentsDir: join(folder, 'deployments'),
    deploymentRecord: join(folder, 'deployments', `${localChain.id}.json`),
    genesisFile: join(folder, 'chain', 'genesis'),
    stateFile: join(folder, 'chain', 'state.json'),
    donFile: join(folder, 'don.json'),
    workflowConfig: join(folder, 'config.local.json'),
  }
}

export function logFile({ localDir }: { localDir: string }, name: string): string {
  return join(localDir, 'logs', `${name}.log`)
}

export function pidFile({ localDir }: { localDir: string }, name: string): string {
  return join(localDir, 'run', `${name}.pid`)
}
