/**
 * Every page of the console, light and dark, on three screens: nothing that the policy of the page forbids, no fault of
 * accessibility, no error in the console, nothing that jumps, nothing wider than the screen.
 */
import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { ask, customer, settled, stranger } from './console'
import type { Check, World } from './world'

const screens = [
  { width: 375, height: 812 },
  { width: 820, height: 1_180 },
  { width: 1_440, height: 900 },
]
const mostShift = 0.01
const timeoutMs = 180_000

interface Measured {
  forbidden: string[]
  shift: number
  width: number
  innerWidth: number
}

/** Watches from before the page's own scripts on. */
function watch(): void {
  const measured: Measured = { forbidden: [], shift: 0, width: 0, innerWidth: 0 }
  Object.assign(globalThis, { measured })
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    measured.forbidden.push(`${violatedDirective} ${blockedURI}`)
  })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
      if (!hadRecentInput) measured.shift += value
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

const measuredIn = (page: Page) =>
  page.evaluate(() => {
    const { measured } = globalThis as unknown as { measured: Measured }
    return { ...measured, width: document.documentElement.scrollWidth, innerWidth }
  })

async function violations(page: Page, where: string, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze()
  return violations.map(
    ({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  )
}

interface Places {
  [name: string]: string
}

/** The pages, each with something to show. */
export async function places(world: World): Promise<Places> {
  const { mints } = await ask<{ mints: { mintId: string; status: string; mintTx?: string }[] }>(
    world,
    '/mints?limit=100',
  )
  const minted = mints.find(({ status }) => status === 'finalized') ?? mints.find(({ mintTx }) => mintTx !== undefined)
  const refused = mints.find(({ status }) => status === 'rejected')
  assert.ok(minted && refused, 'the checks before have left a mint and a refusal')
  return {
    overview: '',
    mints: 'mints',
    'new-mint': 'mint',
    mint: `mints/${minted.mintId}`,
    refusal: `mints/${refused.mintId}`,
    reserves: 'reserves',
    compliance: `compliance?account=${stranger}`,
    baskets: 'baskets',
    verify: `verify?account=${customer}`,
    transaction: `tx/${minted.mintTx}`,
    nowhere: 'no-such-page',
  }
}

async function sweep(world: World, screen: (typeof screens)[number]): Promise<void> {
  const context = await world.context({ viewport: screen })
  await context.addInitScript(watch)
  const faults: string[] = []
  for (const [name, path] of Object.entries(await places(world))) {
    const page = await context.newPage()
    const where = `${name} at ${screen.width}`
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(`${where}: ${message.text()}`)
    })
    page.on('pageerror', (error) => faults.push(`${where}: ${error.message}`))
    await page.goto(`${world.stack.backend}/console/${path}`)
    await settled(page)
    faults.push(...(await violations(page, `${where}, light`)))
    await page.emulateMedia({ colorScheme: 'dark' })
    faults.push(...(await violations(page, `${where}, dark`, ['color-contrast'])))
    const { forbidden, shift, width, innerWidth } = await measuredIn(page)
    faults.push(...forbidden.map((what) => `${where}: the policy forbids ${what}`))
    if (shift >= mostShift) faults.push(`${where}: it jumps by ${shift.toFixed(3)}`)
    if (width > innerWidth) faults.push(`${where}: it is ${width} wide`)
    await page.close()
  }
  await context.close()
  assert.deepEqual(faults, [])
}

export const sweepChecks: Check[] = screens.map((screen): Check => {
  const what = `every page, light and dark, ${screen.width} wide: no forbidden code, accessible, quiet, still, not too wide`
  return [what, (world) => sweep(world, screen), timeoutMs]
})
