/** The integration guide's whole flow in the console, with a wallet. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { customer, mintsOf, openConsole, says, sendOrder, settled, untilStatus } from './console'
import { addWallet } from './wallet'
import type { Check } from './world'

export async function connectWallet(page: Page, name = 'Test wallet'): Promise<void> {
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('button', { name: `Connect ${name}` }).click()
  await page.getByRole('button', { name: /^0x/ }).waitFor()
}

export async function fillBasket(page: Page, name: string, symbol: string): Promise<void> {
  await page.getByLabel('Name of the token').fill(name)
  await page.getByLabel('Symbol').fill(symbol)
}

export const createButton = (page: Page) => page.getByRole('button', { name: 'Create the basket' })

export const flowChecks: Check[] = [
  [
    'a basket is created by a wallet, minted to, final, and its balance is read from the chain',
    async (world) => {
      const context = await world.context()
      const wallet = await addWallet(context, world.stack.chain)
      const page = await openConsole(world, 'baskets', context)
      await connectWallet(page)
      await fillBasket(page, 'Flow Bank Euro', 'FBE')
      await createButton(page).click()
      await says(page, 'Flow Bank Euro was created')
      assert.equal(wallet.sent, 1)
      await page.getByRole('link', { name: 'Mint the first tokens' }).click()
      await settled(page)
      const id = await sendOrder(page, { beneficiary: customer, amount: '41', bankReference: 'FLOW-1' })
      await untilStatus(page, 'Minted')
      for (const step of ['Compliance (ACE)', 'Proof of reserves', 'Signed report', 'Transaction'])
        await says(page, step)
      await says(page, /node 0.*agreed/)
      await untilStatus(page, 'Final')
      await page.reload()
      await settled(page)
      await untilStatus(page, 'Final')
      await says(page, /Signed by/)
      await says(page, 'For operators: the whole run')
      await says(page, 'This mint went alone.')
      await page.getByRole('link', { name: 'Verify a balance' }).first().click()
      await page.getByLabel('Account').fill(customer)
      await page.getByRole('button', { name: 'Show the balance' }).click()
      await page.locator('.stat', { hasText: 'Balance' }).getByText('41').waitFor()
      await page.goto(`${world.stack.backend}/console/mints/${id}`)
      await page.locator('.timeline a').first().click()
      await says(page, /41 tokens were created for/)
      await page.context().close()
    },
  ],
  [
    'the developer wallet of the local chain creates a basket too',
    async (world) => {
      const page = await openConsole(world, 'baskets')
      await connectWallet(page, 'Local developer wallet')
      await fillBasket(page, 'Developer Dollar', 'DEV')
      await createButton(page).click()
      await says(page, 'Developer Dollar was created')
      await page.context().close()
    },
  ],
  [
    'a declined signature is told, and the form is kept',
    async (world) => {
      const context = await world.context()
      const wallet = await addWallet(context, world.stack.chain)
      const page = await openConsole(world, 'baskets', context)
      await connectWallet(page)
      await fillBasket(page, 'Declined Dollar', 'DEC')
      wallet.declineNext = true
      await createButton(page).click()
      await says(page, 'You declined in the wallet. Nothing was sent.')
      assert.equal(await page.getByLabel('Name of the token').inputValue(), 'Declined Dollar')
      assert.equal(wallet.sent, 0)
      await context.close()
    },
  ],
  [
    'a wallet on another chain is told to change, and changes',
    async (world) => {
      const context = await world.context()
      const wallet = await addWallet(context, world.stack.chain)
      wallet.chainId = 1
      const page = await openConsole(world, 'baskets', context)
      await connectWallet(page)
      await says(page, 'The wallet is on another chain')
      assert.ok(await createButton(page).isDisabled())
      await page.getByRole('button', { name: "Change the wallet's chain" }).click()
      await page.getByText('The wallet is on another chain').waitFor({ state: 'detached' })
      assert.ok(await createButton(page).isEnabled())
      await context.close()
    },
  ],
  [
    'a name that the factory refuses is told by the form and sends nothing',
    async (world) => {
      const context = await world.context()
      const wallet = await addWallet(context, world.stack.chain)
      const page = await openConsole(world, 'baskets', context)
      await connectWallet(page)
      await fillBasket(page, 'Tøken', 'T')
      await createButton(page).click()
      await says(page, 'Letters, digits and signs of ASCII, no space at either end.')
      assert.equal(wallet.sent, 0)
      await context.close()
    },
  ],
  [
    'a double click mints once',
    async (world) => {
      const page = await openConsole(world, 'mint')
      await page.getByLabel('Beneficiary').fill(customer)
      await page.getByLabel('Amount').fill('57')
      await page.getByRole('button', { name: /^Mint/ }).dblclick()
      await untilStatus(page, 'Minted')
      assert.equal(await mintsOf(world, '57'), 1)
      await page.context().close()
    },
  ],
]
