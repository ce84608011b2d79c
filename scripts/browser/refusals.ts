/** What the console says when a mint is refused or stopped. */
import assert from 'node:assert/strict'
import { playScenario } from '../reserve-api/launch'
import {
  ask,
  customer,
  fillOrder,
  mintButton,
  openConsole,
  says,
  sendOrder,
  settled,
  stranger,
  untilStatus,
} from './console'
import type { Check, World } from './world'

const sourceOf = ({ stack }: World) => new URL(stack.reserveApi).origin

/** The breaker's state as the gateway says it. */
async function breakerIs(world: World, wanted: string): Promise<void> {
  for (;;) {
    const { breaker } = await ask<{ breaker: { state: string } }>(world, `/reserves/${world.stack.stablecoin}`)
    if (breaker.state === wanted) return
    await Bun.sleep(100)
  }
}

export const refusalChecks: Check[] = [
  [
    'an unregistered beneficiary is refused before anything is sent, and after, with the reason and the calls that change it',
    async (world) => {
      const page = await openConsole(world, 'mint')
      await fillOrder(page, { beneficiary: stranger, amount: '10' })
      await says(page, 'It would be refused now:')
      await mintButton(page).click()
      await untilStatus(page, 'Refused')
      await says(page, 'ACE_REJECTED · IDENTITY_REJECTED')
      await says(page, 'What to do:')
      await page.goto(`${world.stack.backend}/console/compliance?account=${stranger}&amount=10`)
      await settled(page)
      await says(page, 'A mint would be refused')
      await says(page, 'The account has no identity.')
      await page.context().close()
    },
  ],
  [
    'an amount beyond the limit of one mint is refused with its reason',
    async (world) => {
      const page = await openConsole(world, 'mint')
      await sendOrder(page, { beneficiary: customer, amount: '100001' })
      await untilStatus(page, 'Refused')
      await says(page, /VOLUME_OUT_OF_RANGE/)
      await page.context().close()
    },
  ],
  [
    'a form that cannot be sent says what is wrong and sends nothing',
    async (world) => {
      const page = await openConsole(world, 'mint')
      let asked = 0
      page.on('request', (request) => {
        if (request.method() === 'POST') asked += 1
      })
      await mintButton(page).click()
      await says(page, 'Enter the account that gets the tokens.')
      await fillOrder(page, { beneficiary: '0x12', amount: '1,000' })
      await says(page, 'An address is 0x and 40 hexadecimal digits.')
      await says(page, /Write digits, and a point before decimals/)
      assert.equal(asked, 0)
      await page.context().close()
    },
  ],
  [
    'the same bank reference for another order is refused, and the form is kept',
    async (world) => {
      const page = await openConsole(world, 'mint')
      await sendOrder(page, { beneficiary: customer, amount: '11', bankReference: 'TWICE-1' })
      await untilStatus(page, 'Minted')
      await page.getByRole('link', { name: 'New mint' }).first().click()
      await settled(page)
      await fillOrder(page, { beneficiary: customer, amount: '12', bankReference: 'TWICE-1' })
      await mintButton(page).click()
      await says(page, 'DUPLICATE_REFERENCE')
      assert.equal(await page.getByLabel('Amount').inputValue(), '12')
      await page.context().close()
    },
  ],
  [
    'reserves that do not cover it: refused with the figures, and the breaker opens',
    async (world) => {
      await playScenario(sourceOf(world), { name: 'healthy', reserve: '1' })
      const page = await openConsole(world, 'mint')
      await sendOrder(page, { beneficiary: customer, amount: '13' })
      await untilStatus(page, 'Refused')
      await says(page, /POR_INSUFFICIENT_RESERVES|CIRCUIT_OPEN/)
      await breakerIs(world, 'open')
      await page.goto(`${world.stack.backend}/console/`)
      await settled(page)
      await says(page, 'Stopped')
      await page.goto(`${world.stack.backend}/console/reserves`)
      await settled(page)
      await says(page, /UNDERCOLLATERALISED|SOURCE_DISTRUSTED/)
      await says(page, /What ends it:/)
      await playScenario(sourceOf(world), { name: 'healthy' })
      await page.getByRole('button', { name: 'Resume minting…' }).click()
      await page.getByLabel('Reason').fill('the reserve was topped up')
      await page.getByRole('button', { name: 'Resume minting', exact: true }).click()
      await says(page, 'One mint may try')
      await page.goto(`${world.stack.backend}/console/mint`)
      await settled(page)
      await sendOrder(page, { beneficiary: customer, amount: '14' })
      await untilStatus(page, 'Minted')
      await breakerIs(world, 'closed')
      await page.context().close()
    },
  ],
  [
    'an order that waits for the source of the reserves says so, and can be withdrawn',
    async (world) => {
      await playScenario(sourceOf(world), { name: 'down' })
      const page = await openConsole(world, 'mint')
      const id = await sendOrder(page, { beneficiary: customer, amount: '17' })
      await says(page, /The source of the reserves does not answer/)
      await page.getByRole('button', { name: 'Withdraw it' }).click()
      await untilStatus(page, 'Cancelled')
      await playScenario(sourceOf(world), { name: 'healthy' })
      assert.equal(await page.getByRole('button', { name: 'Withdraw it' }).count(), 0)
      const { status } = await ask<{ status: string }>(world, `/mints/${id}`)
      assert.equal(status, 'cancelled')
      await page.context().close()
    },
  ],
  [
    'a paused basket refuses with the reason given, and the refused mint is in the list',
    async (world) => {
      const page = await openConsole(world, 'reserves')
      await page.getByRole('button', { name: 'Pause minting…' }).click()
      await page.getByLabel('Reason').fill('quarterly audit')
      await page.getByRole('button', { name: 'Pause minting', exact: true }).click()
      await says(page, 'Minting is paused here.')
      await page.goto(`${world.stack.backend}/console/mint`)
      await settled(page)
      await sendOrder(page, { beneficiary: customer, amount: '15' })
      await untilStatus(page, 'Refused')
      await says(page, /quarterly audit/)
      await page.goto(`${world.stack.backend}/console/mints?code=CIRCUIT_OPEN`)
      await settled(page)
      const row = page.getByRole('row').filter({ hasText: '15' }).first()
      await row.getByText('CIRCUIT_OPEN').or(row.getByText('OPERATOR_PAUSE')).first().waitFor()
      await ask(world, `/baskets/${world.stack.mintingConsumer}/resume`, { reason: 'audit is over' })
      await page.goto(`${world.stack.backend}/console/mint`)
      await settled(page)
      await sendOrder(page, { beneficiary: customer, amount: '16' })
      await untilStatus(page, 'Minted')
      await page.context().close()
    },
  ],
]
