/** Our gateway, in one of its ways to run workflows. */
import { join } from 'node:path'
import { freePort } from '../../lib/ports'
import { type Program, bareEnvironment, launch, untilReady } from '../../lib/process'
import { backendBinary } from '../base/settings'
import { mintOver } from './mint-request'
import type { Site, StartSystem } from './system'

/** Longer than any cell: a caller of the closed loop waits for its mint. */
const mintWaitSeconds = 600

export interface Gateway {
  program: Program
  url: string
}

export function gatewayWith(settings: Record<string, string>): StartSystem {
  return async (site) => {
    const { program, url } = await launchGateway(site, settings)
    return { pid: program.pid, mint: mintOver(url, site.environment), stop: program.stop }
  }
}

export async function launchGateway(
  { environment, folder, name }: Omit<Site, 'chain'>,
  settings: Record<string, string>,
): Promise<Gateway> {
  const { deployment } = environment
  const port = await freePort()
  const log = join(folder, 'gateway.log')
  const program = launch({
    name: 'cre-backend',
    command: backendBinary,
    args: [],
    env: bareEnvironment({
      PORT: String(port),
      ADMIN_ADDR: 'off',
      RPC_URL: environment.chainUrl,
      WORKFLOW_DIR: environment.workflowCopy(name),
      FORWARDER_ADDRESS: deployment.forwarder,
      BASKET_FACTORY: deployment.basketFactory,
      COMPLIANCE_LENS: deployment.complianceLens,
      DEFAULT_STABLECOIN: deployment.firstBasket.stablecoin,
      DEFAULT_CONSUMER: deployment.firstBasket.mintingConsumer,
      CRE_DON_FILE: environment.donFile,
      CRE_RUN_DIR: join(folder, 'runs'),
      STATE_DIR: folder,
      DATABASE_URL: `sqlite:${join(folder, 'gateway.db')}`,
      BUN_PATH: process.execPath,
      MINT_WAIT_SECONDS: String(mintWaitSeconds),
      ...settings,
    }),
    cwd: folder,
    log,
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(program, { timeoutMs: 60_000, hint: `see ${log}` }, async () => (await fetch(`${url}/ready`)).ok)
  return { program, url }
}
