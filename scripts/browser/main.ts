/**
 * What a real browser may do and what it may not, and what the console does in one, behind `scripts/test-browser.sh`.
 * `--screenshots DIR` takes pictures of the console's pages instead; `--only WORD` runs the checks whose sentence has it.
 */
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runScript, say, sentenceOf } from '../lib/cli'
import { localDir } from '../lib/paths'
import { stopAll } from '../lib/process'
import { clientChecks } from './client'
import { flowChecks } from './flow'
import { originChecks } from './origins'
import { refusalChecks } from './refusals'
import { officerChecks, roleChecks } from './roles'
import { takeScreenshots } from './screenshots'
import { sweepChecks } from './sweep'
import { tabChecks } from './tabs'
import { type Check, type World, openWorld } from './world'

const checkTimeoutMs = 60_000
/** The sweep shows what the checks before it have left; after the last check nobody is let in without a key. */
const checks: Check[] = [
  ...originChecks,
  ...clientChecks,
  ...flowChecks,
  ...refusalChecks,
  ...officerChecks,
  ...tabChecks,
  ...sweepChecks,
  ...roleChecks,
]

const { values } = parseArgs({
  args: Bun.argv.slice(2),
  options: { screenshots: { type: 'string' }, only: { type: 'string' } },
})

async function inTime(work: Promise<void>, timeoutMs: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`it takes longer than ${timeoutMs / 1000} s`)), timeoutMs)
  await Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

async function runChecks(world: World): Promise<void> {
  let [passed, failed] = [0, 0]
  for (const [what, run, timeoutMs = checkTimeoutMs] of checks) {
    if (values.only !== undefined && !what.includes(values.only)) continue
    const began = performance.now()
    try {
      await inTime(run(world), timeoutMs)
      passed += 1
      say(`ok: ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    } catch (error) {
      failed += 1
      say(`FAILED: ${what}\n    ${sentenceOf(error)}`)
    }
  }
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) throw new Error('a browser is let do what it must not, or kept from what it may do')
}

await runScript(async () => {
  rmSync(localDir, { recursive: true, force: true })
  try {
    const world = await openWorld()
    if (values.screenshots === undefined) await runChecks(world)
    else await takeScreenshots(world, values.screenshots)
    await world.close()
  } finally {
    await stopAll()
  }
})
