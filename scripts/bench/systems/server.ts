/** Systems that are one Bun program with `POST /mint`. */
import { join } from 'node:path'
import { freePort } from '../../lib/ports'
import { bareEnvironment, launch, untilReady } from '../../lib/process'
import { mintOver } from './mint-request'
import type { Site, System } from './system'

/** Starts a program, by its name for people, with the settings that all of them have and its own. */
export async function startServer(
  { environment, folder }: Site,
  { name, program, settings }: { name: string; program: string; settings: Record<string, string> },
): Promise<System> {
  const port = await freePort()
  const log = join(folder, `${name.replaceAll(' ', '-')}.log`)
  const running = launch({
    name,
    command: process.execPath,
    args: ['run', '--no-install', program],
    env: bareEnvironment({
      PORT: String(port),
      RPC_URL: environment.chainUrl,
      CRE_DON_FILE: environment.donFile,
      ...settings,
    }),
    log,
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(running, { timeoutMs: 20_000, hint: `see ${log}` }, async () => (await fetch(url)).status === 404)
  return { pid: running.pid, mint: mintOver(url, environment), stop: running.stop }
}
