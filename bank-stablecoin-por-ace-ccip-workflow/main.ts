import { CronCapability, HTTPCapability, Runner, handler } from '@chainlink/cre-sdk'
import { onAttest } from './workflow/attest'
import { type Config, parseConfig } from './workflow/config/config'
import { onMintRequest } from './workflow/mint'

/** The workflow: mint requests over HTTP, and a schedule that keeps the reserve feed fresh. */
export const initWorkflow = (config: Config) => {
  const authorizedKeys = (config.authorizedKeys ?? []).map(
    (publicKey) => ({ type: 'KEY_TYPE_ECDSA_EVM', publicKey }) as const,
  )
  const mint = handler(new HTTPCapability().trigger({ authorizedKeys }), onMintRequest)
  if (config.attestSchedule === undefined) return [mint]
  return [mint, handler(new CronCapability().trigger({ schedule: config.attestSchedule }), onAttest)]
}

/** Entry point for the runtime (a DON's WASM engine, or the local DON in host/); never called from this file. */
export async function main() {
  const runner = await Runner.newRunner<Config>({ configParser: parseConfig })
  await runner.run(initWorkflow)
}
