/** The integration guide's design, see express/server.ts. */
import { join } from 'node:path'
import { freePort } from '../../lib/ports'
import { bareEnvironment, launch, untilReady } from '../../lib/process'
import { mintOver } from './mint-request'
import type { StartSystem } from './system'

const server = join(import.meta.dir, '../express/server.ts')

export const startGuide: StartSystem = async ({ environment, folder, name }) => {
  const port = await freePort()
  const log = join(folder, 'express.log')
  const program = launch({
    name: 'express',
    command: process.execPath,
    args: ['run', '--no-install', server],
    env: bareEnvironment({
      PORT: String(port),
      WORKFLOW_DIR: environment.workflowCopy(name),
      CRE_DON_FILE: environment.donFile,
      RPC_URL: environment.chainUrl,
    }),
    log,
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(program, { timeoutMs: 20_000, hint: `see ${log}` }, async () => (await fetch(url)).status === 404)
  return { pid: program.pid, mint: mintOver(url, environment), stop: program.stop }
}
