/** What the checks of the console do again and again. */
import assert from 'node:assert/strict'
import type { BrowserContext, Page } from 'playwright-core'
import type { World } from './world'

export const customer = '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd'
/** Nobody registered it: compliance refuses it. */
export const stranger = '0x976EA74026E726554dB657fA54763abd0C3a0aa9'

/** Faults that a page collects by itself while it is used. */
export interface Faults {
  csp: string[]
  console: string[]
}

/** A page of the console, in a context of its own or a given one. */
export async function openConsole(world: World, path = '', context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await world.context())).newPage()
  await page.goto(`${world.stack.backend}/console/${path}`)
  await settled(page)
  return page
}

/** Waits until the page shows what it is about, and follows the gateway. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').waitFor()
  await page.waitForFunction(() => document.querySelector('main .skeleton') === null)
  await page.locator('.follow.ok').waitFor({ state: 'attached' })
}

export interface Order {
  beneficiary: string
  amount: string
  bankReference?: string
}

export async function fillOrder(page: Page, { beneficiary, amount, bankReference = '' }: Order): Promise<void> {
  await page.getByLabel('Beneficiary').fill(beneficiary)
  await page.getByLabel('Amount').fill(amount)
  await page.getByLabel('Bank reference').fill(bankReference)
}

export const mintButton = (page: Page) => page.getByRole('button', { name: /^Mint/ })

/** Sends the order; answers with the id of its mint when its page is shown. */
export async function sendOrder(page: Page, order: Order): Promise<string> {
  await fillOrder(page, order)
  await mintButton(page).click()
  return mintShown(page)
}

export async function mintShown(page: Page): Promise<string> {
  await page.waitForURL(/\/console\/mints\/[0-9a-f-]{36}$/)
  return new URL(page.url()).pathname.split('/').at(-1) ?? ''
}

/** Waits for a state of the mint that is shown. */
export async function untilStatus(page: Page, word: string): Promise<void> {
  await page.locator('section[aria-labelledby=order] .badge', { hasText: word }).waitFor()
}

/** The page says so somewhere. */
export async function says(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

export async function ask<Answer>({ stack }: World, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(stack.backend + path, {
    ...(body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`)
  return (await response.json()) as Answer
}

/** How many mints there are of an amount. */
export async function mintsOf(world: World, amount: string): Promise<number> {
  const { mints } = await ask<{ mints: { amount: string }[] }>(world, '/mints?limit=100')
  return mints.filter((mint) => mint.amount === amount).length
}
