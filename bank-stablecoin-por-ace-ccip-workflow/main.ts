import { HTTPCapability, Runner, handler } from '@chainlink/cre-sdk'
import { type Config, parseConfig } from './workflow/config'
import { onMintRequest } from './workflow/mint'

/** The workflow: one HTTP trigger whose payload is a mint request. */
export const initWorkflow = () => [handler(new HTTPCapability().trigger({}), onMintRequest)]

/** Entry point for the runtime (a DON's WASM engine, or the local DON in host/); never called from this file. */
export async function main() {
  const runner = await Runner.newRunner<Config>({ configParser: parseConfig })
  await runner.run(initWorkflow)
}
