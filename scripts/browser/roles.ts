/** What an officer does with a wallet, and what a key without a permission may not do. */
import assert from 'node:assert/strict'
import { ask, customer, mintsOf, openConsole, says, sendOrder, settled, untilStatus } from './console'
import { connectWallet } from './flow'
import { addWallet, adminAccount } from './wallet'
import type { Check } from './world'

/** Anvil's account 7: nobody registered it, and no other check uses it. */
const newcomer = '0x14dC79964da2C08b23698B3D3cc7Ca32193d9955'

export const officerChecks: Check[] = [
  [
    'an officer registers a newcomer by a wallet, call by call; then a mint would pass, and the refused one passes',
    async (world) => {
      const context = await world.context()
      const refused = await openConsole(world, 'mint', context)
      await sendOrder(refused, { beneficiary: newcomer, amount: '71' })
      await untilStatus(refused, 'Refused')
      const wallet = await addWallet(context, world.stack.chain)
      wallet.account = adminAccount
      const page = await openConsole(world, `compliance?account=${newcomer}`, context)
      await says(page, 'A mint would be refused')
      await connectWallet(page)
      await page.getByLabel('What', { exact: true }).selectOption('register-kyc')
      await page.getByLabel('Country (two letters)').fill('ch')
      await page.getByRole('button', { name: 'Show the calls' }).click()
      const desk = page.locator('section[aria-labelledby=desk]')
      const sign = desk.getByRole('button', { name: 'Sign' })
      await sign.first().waitFor()
      const calls = await sign.count()
      assert.equal(calls, 3)
      for (let at = 0; at < calls; at++) {
        await sign.nth(at).click()
        await desk.locator('.call').nth(at).getByText('Done in').waitFor()
      }
      await page.reload()
      await settled(page)
      await says(page, 'A mint would pass')
      await refused.getByRole('button', { name: 'Try it again' }).click()
      await untilStatus(refused, 'Minted')
      assert.equal(await mintsOf(world, '71'), 1)
      await context.close()
    },
  ],
  [
    'a call that the account may not send is refused before it is signed, and can be copied for a Safe',
    async (world) => {
      const context = await world.context({ permissions: ['clipboard-read', 'clipboard-write'] })
      const wallet = await addWallet(context, world.stack.chain)
      const page = await openConsole(world, `compliance?account=${customer}`, context)
      await connectWallet(page)
      await page.getByLabel('What', { exact: true }).selectOption('block')
      await page.getByRole('button', { name: 'Show the calls' }).click()
      const call = page.locator('section[aria-labelledby=desk] .call')
      await call.getByText('The connected account is not the one that may.').waitFor()
      assert.ok(await call.getByRole('button', { name: 'Sign' }).isDisabled())
      await call.getByRole('button', { name: 'Copy the Safe batch' }).click()
      const batch = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
      assert.equal(batch.chainId, '31337')
      assert.equal(batch.transactions.length, 1)
      assert.equal(wallet.sent, 0)
      await context.close()
    },
  ],
]

/** Late: once there is a key, nobody is let in without one. */
export const roleChecks: Check[] = [
  [
    'where keys exist the console asks for one, and says what a key without a permission may not do',
    async (world) => {
      await ask(world, '/accounts', { id: 'readers', name: 'Readers' })
      await fetch(`${world.stack.backend}/accounts/readers/grants/${world.stack.stablecoin}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
      const scopes = ['mint:read', 'reserve:read', 'event:read']
      const { key } = await ask<{ key: string }>(world, '/keys', { account: 'readers', name: 'reader', scopes })
      const page = await (await world.context()).newPage()
      await page.goto(`${world.stack.backend}/console/mint`)
      await page.getByLabel('Access key').fill('cre_test_wrong')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await says(page, 'UNAUTHORIZED')
      await page.getByLabel('Access key').fill(key)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await says(page, 'Your key is not allowed to mint')
      await says(page, 'mint:write')
      await page.goto(`${world.stack.backend}/console/reserves`)
      await settled(page)
      assert.ok(await page.getByRole('button', { name: 'Pause minting…' }).isDisabled())
      await says(page, 'basket:pause')
      const cookies = await page.context().cookies()
      assert.ok(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Strict'))
      assert.equal(await page.evaluate(() => document.cookie), '')
      await page.getByRole('button', { name: 'readers' }).click()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByLabel('Access key').waitFor()
      await page.context().close()
    },
  ],
]
