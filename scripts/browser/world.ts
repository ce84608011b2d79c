/** A local stack, a browser, and pages of every origin that a test wants. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from 'playwright-core'
import { localDir, root } from '../lib/paths'
import { freePort } from '../lib/ports'
import { launch, untilReady } from '../lib/process'
import { type Stack, readStack } from '../lib/stack-file'

const readyTimeoutMs = 300_000
/** Origins whose pages are served here, whatever their name: those allowed by default, and a stranger's. */
export const localhostPage = 'http://localhost:3000'
export const loopbackPage = 'http://127.0.0.1:3000'
export const foreignPage = 'http://foreign.example:3000'

export interface World {
  stack: Stack
  /** A browser profile of its own. */
  context: (options?: BrowserContextOptions) => Promise<BrowserContext>
  /** A new page of an origin. */
  open: (url: string) => Promise<Page>
  close: () => Promise<void>
}

export interface CheckOptions {
  /** How long it may take, where that is more than usual. */
  timeoutMs?: number
  /** It mostly waits, and neither minds what others do meanwhile nor changes what they see: such checks run together. */
  waits?: boolean
}

/** Something that must hold, with a sentence that says it. */
export type Check = [what: string, run: (world: World) => Promise<void>, options?: CheckOptions]

export async function openWorld(): Promise<World> {
  const stack = await startStack()
  const pages = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response('<!doctype html><title>page</title>', { headers: { 'content-type': 'text/html' } }),
  })
  const browser = await startBrowser(`127.0.0.1:${pages.port}`)
  return {
    stack,
    context: (options) => browser.newContext(options),
    async open(url) {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(url)
      return page
    },
    async close() {
      await browser.close()
      await pages.stop(true)
    },
  }
}

async function startStack(): Promise<Stack> {
  const [port, chainPort, reservePort] = [await freePort(), await freePort(), await freePort()]
  const log = join(localDir, 'stack.log')
  const program = launch({
    name: 'start-backend.sh',
    command: 'bash',
    args: [join(root, 'scripts/start-backend.sh')],
    env: {
      ...(process.env as Record<string, string>),
      PORT: String(port),
      LOCAL_CHAIN_PORT: String(chainPort),
      RESERVE_API_PORT: String(reservePort),
      ADMIN_ADDR: 'off',
    },
    log,
  })
  const isReady = () => Promise.resolve(/^Ready\./m.test(readFileSync(log, 'utf8')))
  await untilReady(program, { timeoutMs: readyTimeoutMs, hint: `see ${log}` }, isReady)
  const stack = readStack()
  await assertBuilt(stack)
  return stack
}

/** A gateway that was built without the console shows a page that stands in for it, which proves nothing. */
async function assertBuilt({ backend }: Stack): Promise<void> {
  const page = await (await fetch(`${backend}/console/`)).text()
  if (page.includes('name="console-stand-in"'))
    throw new Error('the gateway was built without the console: build that first, then the program again')
}

/** No request is intercepted: a browser that lets somebody intercept answers preflights by itself. */
function startBrowser(pages: string): Promise<Browser> {
  const rules = [localhostPage, loopbackPage, foreignPage].map((origin) => `MAP ${new URL(origin).host} ${pages}`)
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [`--host-resolver-rules=${rules.join(',')}`, '--no-proxy-server'],
  })
}
