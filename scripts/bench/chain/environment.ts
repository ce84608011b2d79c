/** What every system works with, made once before any clock starts: contracts, keys, reserves, files. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Deployment, readDeployment } from '../../lib/deployment'
import { recordChain } from '../../lib/don-keys'
import { fixtureDir, workflowDir } from '../../lib/paths'
import { freePort } from '../../lib/ports'
import { launchReserveApi, playScenario } from '../../reserve-api/launch'
import { benchDir } from '../base/settings'

export interface Environment {
  deployment: Deployment
  /** The record that it was read from. */
  deploymentFile: string
  /** Where the reserve of the benchmark's basket is told. */
  reserveUrl: string
  /** Keys of the DON, of the transmitters beside it. */
  donFile: string
  chainPort: number
  chainUrl: string
  /** Makes a copy of the workflow folder whose reserve source is the benchmark's own; nothing checked in is written. */
  workflowCopy: (name: string) => string
  /** Folder for the files of one measured system. */
  folder: (name: string) => string
}

/** What the workflow consists of besides its packages. */
const workflowParts = [
  'main.ts',
  'workflow',
  'host',
  'package.json',
  'bun.lock',
  'bunfig.toml',
  'limits.json',
  'http_trigger_payload.json',
]
const plentyOfReserves = '1000000000000.00'

export async function createEnvironment(): Promise<Environment> {
  if (!existsSync(join(fixtureDir, 'state.json')))
    throw new Error('the fixture is missing: run this by bash scripts/bench.sh')
  rmSync(join(benchDir, 'runs'), { recursive: true, force: true })
  const folder = (name: string) => {
    const path = join(benchDir, 'runs', name)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return path
  }
  const home = folder('environment')
  for (const name of ['don.json', 'transmitters.json', '31337.json'])
    copyFileSync(join(fixtureDir, name), join(home, name))
  const deploymentFile = join(home, '31337.json')
  const deployment = readDeployment(deploymentFile)
  const [chainPort, reservePort] = [await freePort(), await freePort()]
  const chainUrl = `http://127.0.0.1:${chainPort}`
  recordChain(home, { rpcUrl: chainUrl, forwarder: deployment.forwarder })
  await launchReserveApi({ port: reservePort, log: join(home, 'reserve-api.log') })
  await playScenario(`http://127.0.0.1:${reservePort}`, { name: 'healthy', reserve: plentyOfReserves })
  const donFile = join(home, 'don.json')
  return {
    deployment,
    deploymentFile,
    reserveUrl: `http://127.0.0.1:${reservePort}/reserves/${deployment.firstBasket.stablecoin}`,
    donFile,
    chainPort,
    chainUrl,
    workflowCopy: (name) => copyWorkflow(join(folder(name), 'workflow'), reservePort),
    folder,
  }
}

function copyWorkflow(folder: string, reservePort: number): string {
  mkdirSync(folder)
  for (const part of workflowParts) cpSync(join(workflowDir, part), join(folder, part), { recursive: true })
  symlinkSync(join(workflowDir, 'node_modules'), join(folder, 'node_modules'))
  const name = 'config.local.json'
  const { attestSchedule: _never, ...checkedIn } = JSON.parse(readFileSync(join(workflowDir, name), 'utf8'))
  const config = { ...checkedIn, porApiUrl: `http://127.0.0.1:${reservePort}/reserves/{stablecoin}` }
  for (const file of [name, 'config.json']) writeFileSync(join(folder, file), `${JSON.stringify(config, null, 2)}\n`)
  return folder
}
