/**
 * Every page of the console, light and dark, on three screens: nothing that the policy of the page forbids, no fault of
 * accessibility, no error in the console, nothing that jumps, nothing wider than the screen.
 */
import assert from 'node:assert/strict'
import { type RunOptions, source as axeSource } from 'axe-core'
import type { Page } from 'playwright-core'
import { ask, customer, settled, stranger } from './console'
import type { Check, World } from './world'

const screens = [
  { width: 375, height: 812 },
  { width: 820, height: 1_180 },
  { width: 1_440, height: 900 },
]
const mostShift = 0.01
const timeoutMs = 300_000

/** In the page, once its source ran there. */
declare const axe: typeof import('axe-core')

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

/** Faults of accessibility that axe, which the page has, finds by all its rules or by those named. */
async function violations(page: Page, where: string, rules?: string[]): Promise<string[]> {
  const options: RunOptions = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) }
  const { violations } = await page.evaluate((options) => axe.run(document, options), options)
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

/** Faults of a page on a screen. */
async function faultsOn(page: Page, url: string, where: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(url)
  await settled(page)
  await page.evaluate(axeSource)
  const faults = await violations(page, `${where}, light`)
  await page.emulateMedia({ colorScheme: 'dark' })
  faults.push(...(await violations(page, `${where}, dark`, ['color-contrast'])))
  const { forbidden, shift, width, innerWidth } = await measuredIn(page)
  faults.push(...forbidden.map((what) => `${where}: the policy forbids ${what}`))
  if (shift >= mostShift) faults.push(`${where}: it jumps by ${shift.toFixed(3)}`)
  if (width > innerWidth) faults.push(`${where}: it is ${width} wide`)
  return faults
}

async function sweep(world: World): Promise<void> {
  const context = await world.context()
  await context.addInitScript(watch)
  const faults: string[] = []
  for (const [name, path] of Object.entries(await places(world))) {
    const page = await context.newPage()
    let where = name
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(`${where}: ${message.text()}`)
    })
    page.on('pageerror', (error) => faults.push(`${where}: ${error.message}`))
    for (const screen of screens) {
      where = `${name} at ${screen.width}`
      await page.setViewportSize(screen)
      faults.push(...(await faultsOn(page, `${world.stack.backend}/console/${path}`, where)))
    }
    await page.close()
  }
  await context.close()
  assert.deepEqual(faults, [])
}

export const sweepChecks: Check[] = [
  [
    `every page, light and dark, ${screens.map(({ width }) => width).join(', ')} wide: no forbidden code, accessible, quiet, still, not too wide`,
    sweep,
    { timeoutMs },
  ],
]
