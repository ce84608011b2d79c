/** Pictures of the console's pages, with something to see on each. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { say } from '../lib/cli'
import { customer, openConsole, sendOrder, settled, stranger, untilStatus } from './console'
import { places } from './sweep'
import type { World } from './world'

const screens = { wide: { width: 1_280, height: 860 }, phone: { width: 375, height: 812 } }
/** What the pictures show: customers of the local chain, and one whom nobody registered. */
const orders = [
  [customer, '125000', 'INV-2026-1180'],
  ['0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC', '48250.50', 'INV-2026-1181'],
  ['0x90F79bf6EB2c4f870365E785982E1f101E93b906', '90000', 'MT103-77120'],
  [stranger, '2500', 'INV-2026-1182'],
  ['0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65', '61400', 'MT103-77121'],
  [customer, '12500', 'INV-2026-1183'],
] as const

export async function takeScreenshots(world: World, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const [beneficiary, amount, bankReference] of orders) {
    await fetch(`${world.stack.backend}/mint`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ beneficiary, amount, bankReference, basket: world.stack.stablecoin }),
    })
  }
  const live = await openConsole(world, 'mint')
  await sendOrder(live, { beneficiary: customer, amount: '20000', bankReference: 'INV-2026-1184' })
  await untilStatus(live, 'Final')
  await live.context().close()
  const all = await places(world)
  for (const [screen, viewport] of Object.entries(screens)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await world.context({ viewport, colorScheme, deviceScaleFactor: 2 })
      for (const [name, path] of Object.entries(all)) {
        const page = await context.newPage()
        await page.goto(`${world.stack.backend}/console/${path}`)
        await settled(page)
        await page.waitForFunction(() => document.fonts.status === 'loaded')
        const file = join(folder, `${name}-${screen}-${colorScheme}.png`)
        await page.screenshot({ path: file, fullPage: screen === 'phone' })
        say(file)
        await page.close()
      }
      await context.close()
    }
  }
}
