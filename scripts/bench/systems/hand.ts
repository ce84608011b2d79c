/** A server by hand, see hand/server.ts. */
import { join } from 'node:path'
import { freePort } from '../../lib/ports'
import { bareEnvironment, launch, untilReady } from '../../lib/process'
import { mintOver } from './mint-request'
import type { StartSystem } from './system'

const server = join(import.meta.dir, '../hand/server.ts')

export const startHand: StartSystem = async ({ environment, folder }) => {
  const port = await freePort()
  const log = join(folder, 'hand.log')
  const program = launch({
    name: 'server by hand',
    command: process.execPath,
    args: ['run', '--no-install', server],
    env: bareEnvironment({
      PORT: String(port),
      RPC_URL: environment.chainUrl,
      RESERVE_URL: environment.reserveUrl,
      CRE_DON_FILE: environment.donFile,
      DEPLOYMENT: environment.deploymentFile,
    }),
    log,
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(program, { timeoutMs: 20_000, hint: `see ${log}` }, async () => (await fetch(url)).status === 404)
  return { pid: program.pid, mint: mintOver(url, environment), stop: program.stop }
}
