/** The client kit and the integration guide's snippets in a real browser, against the real stack. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { type Hex, createWalletClient, http, parseAbi, publicActions } from 'viem'
import { createClient } from '../../client/src/index'
import { sandbox } from '../../client/src/sandbox'
import { localChain } from '../lib/local-chain'
import { localDir, root } from '../lib/paths'
import { blocksOf } from '../readme/blocks'
import { type Check, type World, localhostPage, loopbackPage } from './world'

const beneficiary = localChain.demoBeneficiaries[0]
const order = { beneficiary, amount: '1' }
const pages = join(root, 'client/test/browser')

/** A page's script, as a bundler makes it; `guide` stands for what it imports as `@guide`. */
async function bundled(file: string, guide = ''): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [join(pages, file)],
    target: 'browser',
    // Runs before the next command to the page.
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'guide',
        setup(build) {
          build.onResolve({ filter: /^@guide$/ }, () => ({
            path: join(pages, 'from-the-guide.tsx'),
            namespace: 'guide',
          }))
          build.onLoad({ filter: /.*/, namespace: 'guide' }, () => ({ contents: guide, loader: 'tsx' }))
        },
      },
    ],
  })
  return (await outputs[0]?.text()) ?? ''
}

const clientScript = bundled('page.ts')

/** Gives a page the client; `page` in it is what client/test/browser/page.ts says. */
async function equip(page: Page, { stack }: World, token?: string): Promise<void> {
  await page.addScriptTag({ content: await clientScript })
  await page.evaluate(`page.open(${JSON.stringify(stack.backend)}, ${JSON.stringify(token)})`)
}

function run<T>(page: Page, call: string, ...parameters: unknown[]): Promise<T> {
  return page.evaluate(`page.${call}(${parameters.map((one) => JSON.stringify(one)).join()})`) as Promise<T>
}

async function seenBy(page: Page, status: string): Promise<void> {
  await page.waitForFunction(`page.seen.at(-1) === ${JSON.stringify(status)}`)
}

/** Requests of a page for event streams, ever. */
function streamsOf(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/mints/events')) asked.push(request.url())
  })
  return asked
}

/** The guide's snippets, from docs/client.md, which a test of the client compares with the guide byte for byte. */
function guide({ stack }: World): string {
  const snippets = blocksOf(readFileSync(join(root, 'docs/client.md'), 'utf8')).filter(
    ({ language }) => language === 'typescript',
  )
  const text = snippets.map((block) => block.text).join('\n')
  const addresses = JSON.stringify([stack.stablecoin, stack.mintingConsumer])
  const around = `const [stablecoinAddress, mintingConsumerAddress] = ${addresses}\nexport { MintButton }\n`
  return text.replaceAll('http://localhost:3001', stack.backend) + around
}

export const clientChecks: Check[] = [
  [
    'two tabs, a double click and a reload under one intent are one mint; the next tab takes over',
    async (world) => {
      const first = await world.open(localhostPage)
      const second = await first.context().newPage()
      await second.goto(localhostPage)
      const [leading, listening] = [streamsOf(first), streamsOf(second)]
      for (const page of [first, second]) await equip(page, world)
      const asked = [first, first, second].map((page) => run<string>(page, 'mint', order, 'invoice-2211'))
      const [id, again, other] = await Promise.all(asked)
      assert.deepEqual([again, other], [id, id])

      await first.reload()
      await equip(first, world)
      assert.equal(await run(first, 'resume', 'invoice-2211'), id)
      for (const page of [first, second]) {
        await run(page, 'follow')
        await page.waitForFunction('page.seen.length > 0')
      }
      assert.equal(listening.length, 0, 'both tabs have a stream')
      const isOver = await second.evaluate("page.seen.at(-1) === 'finalized'")
      assert.ok(isOver || leading.length > 0, 'no tab has a stream')
      await first.close()
      await seenBy(second, 'finalized')
      assert.ok(isOver || listening.length > 0, 'the next tab has not taken over')
      assert.equal(await run(second, 'stored'), 0)
    },
    { waits: true, timeoutMs: 120_000 },
  ],
  [
    'a page of another origin may send a key in Authorization, and mints without one',
    async (world) => {
      const key = readFileSync(join(localDir, 'admin.key'), 'utf8').trim()
      const page = await world.open(loopbackPage)
      const sent: (string | undefined)[] = []
      page.on('request', (request) => sent.push(request.headers()['authorization']))
      await equip(page, world, key)
      assert.equal(await run(page, 'account'), 'default')
      assert.equal(sent.at(-1), `Bearer ${key}`)
      await equip(page, world)
      await run(page, 'mint', order)
      assert.equal(await run(page, 'wait', 'minted'), 'minted')
      assert.equal(sent.at(-1), undefined)
    },
  ],
  [
    'the guide’s button mints, as it stands in the guide, with wagmi',
    async (world) => {
      const page = await world.open(localhostPage)
      await page.addScriptTag({ content: await bundled('guide.tsx', guide(world)) })
      const alerted = page.waitForEvent('dialog')
      await page.evaluate(`showGuide(${JSON.stringify({ account: beneficiary, chainUrl: world.stack.chain })})`)
      await page.getByRole('button', { name: 'Request Mint' }).click()
      const dialog = await alerted
      assert.match(dialog.message(), /^Minted! Tx: 0x[0-9a-f]{64}$/)
      await dialog.dismiss()
    },
  ],
  ...(
    [
      ['noKyc', { ...order, beneficiary: sandbox.noKyc }, 'IDENTITY_REJECTED'],
      ['blocked', { ...order, beneficiary: sandbox.blocked }, 'BLACKLISTED'],
      ['overVolume', { ...order, amount: sandbox.overVolume }, 'VOLUME_OUT_OF_RANGE'],
    ] as const
  ).map(
    ([name, refused, reason]): Check => [
      `the local chain refuses ${name}`,
      async ({ stack }) => {
        const mint = await createClient({ baseUrl: stack.backend }).mint(refused)
        const error = await mint.wait().then(
          () => undefined,
          () => mint.error,
        )
        assert.deepEqual([error?.code, error?.problem.reason], ['ACE_REJECTED', reason])
      },
    ],
  ),
  [
    'the client reads the basket out of a receipt of createBasket()',
    async ({ stack }) => {
      const wallet = createWalletClient({ transport: http(stack.chain) }).extend(publicActions)
      const hash: Hex = await wallet.writeContract({
        account: localChain.basketAdmin,
        chain: null,
        address: stack.basketFactory,
        abi: parseAbi(['function createBasket(string name, string symbol, address admin) returns (address, address)']),
        functionName: 'createBasket',
        args: ['Receipt Dollar', 'RCD', localChain.basketAdmin],
      })
      const receipt = await wallet.waitForTransactionReceipt({ hash, pollingInterval: 200 })
      const cre = createClient({ baseUrl: stack.backend })
      const created = cre.baskets.fromReceipt(receipt)
      assert.equal(created?.factory.toLowerCase(), stack.basketFactory.toLowerCase())
      assert.equal(created.admin, localChain.basketAdmin.toLowerCase())
      const listed = (await cre.baskets.list()).at(-1)
      assert.deepEqual(
        [created.stablecoinAddress, created.mintingConsumerAddress],
        [listed?.stablecoinAddress.toLowerCase(), listed?.mintingConsumerAddress.toLowerCase()],
      )
    },
  ],
]

/** Where there are keys; what is asked here is asked with the gateway's own. */
export const tokenChecks: Check[] = [
  [
    'where keys exist, a page of another origin mints with a token for its order: that order, once, and nothing without it',
    async (world) => {
      const admin = readFileSync(join(localDir, 'admin.key'), 'utf8').trim()
      const tell = async <T>(method: string, path: string, body: unknown, key = admin): Promise<T> => {
        const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
        const answer = await fetch(world.stack.backend + path, { method, headers, body: JSON.stringify(body) })
        assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`)
        return (await answer.json()) as T
      }
      await tell('POST', '/accounts', { id: 'shop', name: 'Shop' })
      await tell('PUT', `/accounts/shop/grants/${world.stack.stablecoin}`, {})
      const scopes = ['mint:write', 'mint:read']
      const { key } = await tell<{ key: string }>('POST', '/keys', { account: 'shop', name: 'server', scopes })
      const { token } = await tell<{ token: string }>('POST', '/tokens', { order }, key)
      const page = await world.open(localhostPage)
      await equip(page, world)
      await assert.rejects(run(page, 'mint', order), /key|token|401/i)
      await equip(page, world, token)
      const id = await run<string>(page, 'mint', order)
      assert.equal(await run(page, 'wait', 'minted'), 'minted')
      assert.equal(await run(page, 'mint', order), id)
      await assert.rejects(run(page, 'mint', { ...order, amount: '2' }))
      await page.context().close()
    },
  ],
]
