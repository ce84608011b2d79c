/**
 * What a real browser may do and what it may not, and what the console does in one, behind `scripts/test-browser.sh`.
 * `--screenshots DIR` takes pictures of the console's pages instead; `--only WORD` runs the checks whose sentence has it.
 */
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runScript, say, sentenceOf } from '../lib/cli'
import { localDir } from '../lib/paths'
import { stopAll } from '../lib/process'
import { clientChecks, tokenChecks } from './client'
import { flowChecks } from './flow'
import { originChecks } from './origins'
import { refusalChecks } from './refusals'
import { officerChecks, roleChecks } from './roles'
import { takeScreenshots } from './screenshots'
import { sweepChecks } from './sweep'
import { tabChecks } from './tabs'
import { type Check, type World, openWorld } from './world'

const checkTimeoutMs = 60_000
const usualChecks: Check[] = [
  ...originChecks,
  ...clientChecks,
  ...flowChecks,
  ...refusalChecks,
  ...officerChecks,
  ...tabChecks,
]
const isWaiting = ([, , options]: Check) => options?.waits === true
const alone = (checks: Check[]) => checks.filter((check) => !isWaiting(check)).map((check) => [check])
/**
 * One group after the other, the checks of a group together. The sweep shows what the checks before it have left; the
 * checks after it make keys, without which nobody is let in then.
 */
const groups: Check[][] = [
  ...alone(usualChecks),
  usualChecks.filter(isWaiting),
  ...alone([...sweepChecks, ...roleChecks, ...tokenChecks]),
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

/** Whether it holds. */
async function holds(world: World, [what, run, options]: Check): Promise<boolean> {
  const began = performance.now()
  try {
    await inTime(run(world), options?.timeoutMs ?? checkTimeoutMs)
    say(`ok: ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    return true
  } catch (error) {
    say(`FAILED: ${what}\n    ${sentenceOf(error)}`)
    return false
  }
}

async function runChecks(world: World): Promise<void> {
  const ends: boolean[] = []
  for (const group of groups) {
    const wanted = group.filter(([what]) => values.only === undefined || what.includes(values.only))
    ends.push(...(await Promise.all(wanted.map((check) => holds(world, check)))))
  }
  const passed = ends.filter((end) => end).length
  console.log(`${passed} passed, ${ends.length - passed} failed`)
  if (passed < ends.length) throw new Error('a browser is let do what it must not, or kept from what it may do')
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
