import path from 'node:path'
import { WORKFLOW_DIR } from './fixture'

const REPORTED = /^reserve API on (http:\/\/\S+)\/reserves\/\{stablecoin\}$/

/** The local reserve API in a process of its own. */
export type ReserveApi = {
  origin: string
  /** The key of its BitGo format, PEM. */
  publicKey: string
  play: (name: string, reserve?: string) => Promise<void>
  stop: () => Promise<void>
}

/** Starts scripts/reserve-api.ts on a free port. */
export async function startReserveApi(): Promise<ReserveApi> {
  const child = Bun.spawn([process.execPath, 'run', path.join(WORKFLOW_DIR, '../scripts/reserve-api.ts')], {
    env: { PATH: process.env['PATH'] ?? '', RESERVE_API_PORT: '0' },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  let said = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk, { stream: true })
    if (said.includes('\n')) break
  }
  const origin = REPORTED.exec(said.trim())?.[1]
  if (origin === undefined) throw new Error(`the reserve API did not start: ${said}`)
  return {
    origin,
    publicKey: await (await fetch(`${origin}/bitgo/public-key`)).text(),
    async play(name, reserve) {
      const response = await fetch(`${origin}/scenario`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, reserve }),
      })
      if (!response.ok) throw new Error(`scenario ${name}: ${await response.text()}`)
    },
    async stop() {
      child.kill()
      await child.exited
    },
  }
}
