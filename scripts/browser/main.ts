/** What a real browser may do and what it may not, behind `scripts/test-browser.sh`. */
import { rmSync } from 'node:fs'
import { runScript, say, sentenceOf } from '../lib/cli'
import { localDir } from '../lib/paths'
import { stopAll } from '../lib/process'
import { clientChecks } from './client'
import { originChecks } from './origins'
import { type Check, openWorld } from './world'

const checkTimeoutMs = 60_000
const checks: Check[] = [...originChecks, ...clientChecks]

async function inTime(work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`it takes longer than ${checkTimeoutMs / 1000} s`)), checkTimeoutMs)
  await Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

await runScript(async () => {
  rmSync(localDir, { recursive: true, force: true })
  let [passed, failed] = [0, 0]
  try {
    const world = await openWorld()
    for (const [what, run] of checks) {
      try {
        await inTime(run(world))
        passed += 1
        say(`ok: ${what}`)
      } catch (error) {
        failed += 1
        say(`FAILED: ${what}\n    ${sentenceOf(error)}`)
      }
    }
    await world.close()
  } finally {
    await stopAll()
  }
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) throw new Error('a browser is let do what it must not, or kept from what it may do')
})
