/** The contracts of the local stack: deployed once, then found again. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { say } from '../lib/cli'
import { type Deployment, findRecord, readDeployment } from '../lib/deployment'
import type { DonKeys } from '../lib/don-keys'
import { localChain } from '../lib/local-chain'
import { workflowDir } from '../lib/paths'
import type { Rpc } from '../lib/rpc'
import type { LocalParts } from './settings'

/** Deploys the contracts, with `more` settings, unless the record names them and the chain has their code. */
export async function ensureDeployment(
  rpc: Rpc,
  settings: LocalParts,
  keys: DonKeys,
  more: Record<string, string> = {},
): Promise<Deployment> {
  const recorded = findRecord(settings.deploymentRecord)
  if (recorded === undefined || !(await hasCode(rpc, recorded.basketFactory))) deploy(settings, keys, more)
  const deployment = readDeployment(settings.deploymentRecord)
  const same = (a: string[], b: string[]) => a.join().toLowerCase() === b.join().toLowerCase()
  if (!same(deployment.don.signers, keys.signers)) {
    const remedy = `remove ${settings.localDir} to start over with a new chain`
    throw new Error(`the forwarder knows other DON signers than ${settings.donFile}: ${remedy}`)
  }
  return deployment
}

function deploy({ chainUrl, deploymentsDir }: LocalParts, keys: DonKeys, more: Record<string, string>): void {
  say('deploying the contracts (the first time they are compiled: about two minutes)')
  mkdirSync(deploymentsDir, { recursive: true })
  const done = spawnSync(
    'forge',
    // One transaction after another: sent at once, Anvil has been seen to lose some of them on a busy machine.
    ['script', 'contracts/script/Deploy.s.sol', '--rpc-url', chainUrl, '--broadcast', '--slow', '--skip', 'test'],
    {
      cwd: workflowDir,
      encoding: 'utf8',
      env: {
        ...process.env,
        DEPLOYER_KEY: localChain.deployerKey,
        DON_SIGNERS: keys.signers.join(','),
        DON_F: '1',
        DON_ID: '1',
        DON_CONFIG_VERSION: '1',
        WORKFLOW_OWNER: keys.workflowOwner,
        WORKFLOW_NAME: 'bank-stablecoin-mint',
        FIRST_BASKET_NAME: 'Demo Bank Dollar',
        FIRST_BASKET_SYMBOL: 'DBD',
        FIRST_BASKET_ADMIN: localChain.basketAdmin,
        DEMO_BENEFICIARIES: localChain.demoBeneficiaries.join(','),
        DEPLOYMENTS_DIR: deploymentsDir,
        ...more,
      },
    },
  )
  if (done.status !== 0) throw new Error(`forge script failed:\n${done.stdout}\n${done.stderr}`)
}

async function hasCode(rpc: Rpc, address: string): Promise<boolean> {
  return (await rpc.call<string>('eth_getCode', [address, 'latest'])) !== '0x'
}
