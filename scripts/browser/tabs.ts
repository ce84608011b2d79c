/** Several tabs, reloads, a gateway that is gone for a while, and a proxy with a path prefix. */
import assert from 'node:assert/strict'
import {
  customer,
  fillOrder,
  mintButton,
  mintShown,
  mintsOf,
  openConsole,
  says,
  sendOrder,
  settled,
  untilStatus,
} from './console'
import { startProxy } from './proxy'
import type { Check } from './world'

const manyTabs = 7

export const tabChecks: Check[] = [
  [
    'two tabs show the same mint as it goes',
    async (world) => {
      const page = await openConsole(world, 'mint')
      const list = await openConsole(world, 'mints', page.context())
      const id = await sendOrder(page, { beneficiary: customer, amount: '61', bankReference: 'TABS-1' })
      const other = await openConsole(world, `mints/${id}`, page.context())
      await untilStatus(page, 'Final')
      await untilStatus(other, 'Final')
      await list.getByRole('row').filter({ hasText: 'TABS-1' }).getByText('Final').waitFor()
      await page.context().close()
    },
    { waits: true, timeoutMs: 120_000 },
  ],
  [
    'a reload before the answer finds the same mint again',
    async (world) => {
      const page = await openConsole(world, 'mint')
      // The answer to the first request is lost; the reloaded page asks for the same mint under the same key.
      await page.route(
        '**/mint',
        async (route) => {
          await route.fetch()
          await route.abort()
        },
        { times: 1 },
      )
      await fillOrder(page, { beneficiary: customer, amount: '62' })
      const lost = page.waitForEvent('requestfailed')
      await mintButton(page).click()
      await lost
      await page.reload()
      await mintShown(page)
      await untilStatus(page, 'Minted')
      assert.equal(await mintsOf(world, '62'), 1)
      await page.context().close()
    },
  ],
  [
    'seven tabs hold one stream, and the gateway still answers',
    async (world) => {
      const context = await world.context()
      const pages = []
      for (let at = 0; at < manyTabs; at++) pages.push(await openConsole(world, at % 2 === 0 ? '' : 'mints', context))
      const [first, last] = [pages[0], pages.at(-1)]
      assert.ok(first && last)
      const status = await last.evaluate(async () => (await fetch('/health')).status)
      assert.equal(status, 200)
      for (const page of pages) await page.locator('.follow', { hasText: 'Live' }).waitFor({ state: 'attached' })
      await first.close()
      await last.locator('.follow', { hasText: 'Live' }).waitFor({ state: 'attached' })
      await context.close()
    },
  ],
  [
    'below a path prefix of a proxy, every link and request stays below it; the gateway goes and comes back',
    async (world) => {
      const proxy = await startProxy(world.stack.backend)
      const page = await (await world.context()).newPage()
      const outside: string[] = []
      page.on('request', (request) => {
        const { origin, pathname } = new URL(request.url())
        if (origin === new URL(proxy.url).origin && !pathname.startsWith('/cre/')) outside.push(pathname)
      })
      await page.goto(`${proxy.url}/console/mints`)
      await settled(page)
      await page.getByRole('link', { name: 'New mint' }).first().click()
      await settled(page)
      await sendOrder(page, { beneficiary: customer, amount: '63' })
      await untilStatus(page, 'Minted')
      await page.reload()
      await settled(page)
      await untilStatus(page, 'Minted')
      assert.deepEqual(outside, [])
      await proxy.leave()
      await page.locator('.follow', { hasText: 'Not connected' }).waitFor({ state: 'attached' })
      await says(page, /No answer since/)
      await proxy.comeBack()
      await page.locator('.follow', { hasText: 'Live' }).waitFor({ state: 'attached' })
      await page.getByText(/No answer since/).waitFor({ state: 'detached' })
      await page.context().close()
      await proxy.leave()
    },
    { waits: true, timeoutMs: 120_000 },
  ],
]
