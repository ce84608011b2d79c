/** Which pages may call the gateway, with what, and which may not. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { type Check, type World, foreignPage, localhostPage, loopbackPage } from './world'

/** What the monitoring of a page adds to each of its requests. */
const tracing = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'dd=s:1',
  baggage: 'sentry-environment=production',
  'sentry-trace': '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1',
  'x-datadog-trace-id': '1',
  'x-datadog-parent-id': '2',
  'x-datadog-origin': 'rum',
  'x-datadog-sampling-priority': '1',
  newrelic: 'eyJ2IjpbMCwxXX0=',
}
const json = { 'content-type': 'application/json' }

interface Sent {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: unknown
  credentials?: 'include' | 'omit'
}

interface Read {
  /** What the browser says instead of an answer. */
  blocked?: string
  status?: number
  headers?: Record<string, string>
  body?: Record<string, unknown>
}

/** `fetch` in a page. */
function fetchIn(page: Page, { url, method = 'GET', headers = {}, body, credentials = 'omit' }: Sent): Promise<Read> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  return page.evaluate(
    async ([where, init]) => {
      try {
        const response = await fetch(where, init)
        const answer = await response.text()
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: answer.startsWith('{') ? JSON.parse(answer) : {},
        }
      } catch (error) {
        return { blocked: String(error) }
      }
    },
    [url, { method, headers, body: text, credentials }] as const,
  )
}

function order({ stack }: World, reference?: string) {
  return {
    beneficiary: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd',
    amount: '1',
    stablecoinAddress: stack.stablecoin,
    mintingConsumerAddress: stack.mintingConsumer,
    ...(reference === undefined ? {} : { bankReference: reference }),
  }
}

/** How many mints the gateway knows: what a stranger sends must not become one. */
async function mintCount({ stack }: World): Promise<number> {
  const { mints } = (await (await fetch(`${stack.backend}/mints?limit=100`)).json()) as { mints: unknown[] }
  return mints.length
}

/** Posts a form as a page can without asking anybody, maybe without a word about itself; answers with what was said. */
async function postForm(page: Page, url: string, { silent }: { silent: boolean }): Promise<Read> {
  const answered = page.waitForResponse((response) => response.url() === url)
  const policy = silent ? '<meta name="referrer" content="no-referrer">' : ''
  const input = `<input name='{"amount":"1","x":"' value='"}'>`
  const form = `<form method=post enctype=text/plain action=${url}>${input}</form>`
  await page.setContent(`${policy}${form}<script>document.forms[0].submit()</script>`, { waitUntil: 'commit' })
  const response = await answered
  return { status: response.status(), headers: await response.request().allHeaders() }
}

export const originChecks: Check[] = [
  ...[localhostPage, loopbackPage].map(
    (origin): Check => [
      `the guide's fetch mints from ${origin}`,
      async (world) => {
        const page = await world.open(origin)
        const url = `${world.stack.backend}/mint`
        const answer = await fetchIn(page, { url, method: 'POST', headers: json, body: order(world) })
        assert.equal(answer.status, 200, JSON.stringify(answer))
        assert.equal(answer.body?.success, true)
        assert.match(String(answer.body?.mintTx), /^0x[0-9a-f]{64}$/)
      },
    ],
  ),
  [
    'the same fetch mints with credentials and tracing headers, and its page reads the headers of the answer',
    async (world) => {
      const page = await world.open(localhostPage)
      const headers = {
        ...json,
        ...tracing,
        'idempotency-key': 'browser-1',
        prefer: 'wait=60',
        'x-request-id': 'page-7',
      }
      const url = `${world.stack.backend}/mint`
      const sent: Sent = { url, method: 'POST', headers, body: order(world), credentials: 'include' }
      const answer = await fetchIn(page, sent)
      assert.equal(answer.status, 200, JSON.stringify(answer))
      assert.equal(answer.headers?.location, `/mints/${answer.body?.mintId}`)
      assert.equal(answer.headers?.['x-request-id'], 'page-7')
      const again = await fetchIn(page, sent)
      assert.equal(again.headers?.['idempotency-replayed'], 'true')
    },
  ],
  [
    'an allowed page may send a key either way, and every method',
    async (world) => {
      const page = await world.open(loopbackPage)
      const url = `${world.stack.backend}/mints/01900000-0000-7000-8000-000000000000`
      for (const name of ['authorization', 'x-api-key']) {
        const answer = await fetchIn(page, { url, headers: { [name]: 'Bearer wrong' }, credentials: 'include' })
        assert.ok(answer.status === 401 || answer.status === 404, JSON.stringify(answer))
      }
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const answer = await fetchIn(page, { url, method })
        assert.equal(answer.status, 405, `${method}: ${JSON.stringify(answer)}`)
      }
    },
  ],
  [
    'an allowed page may not pause a basket',
    async (world) => {
      const page = await world.open(localhostPage)
      const url = `${world.stack.backend}/baskets/${world.stack.mintingConsumer}/pause`
      const answer = await fetchIn(page, { url, method: 'POST', headers: json, body: { reason: 'from a page' } })
      assert.ok(answer.blocked, JSON.stringify(answer))
      const form = await postForm(page, url, { silent: false })
      assert.equal(form.status, 403, JSON.stringify(form))
    },
  ],
  [
    "a foreign page's fetch is blocked",
    async (world) => {
      const page = await world.open(foreignPage)
      const before = await mintCount(world)
      const url = `${world.stack.backend}/mint`
      const plain = await fetchIn(page, { url, method: 'POST', headers: json, body: order(world, 'foreign-1') })
      assert.ok(plain.blocked, JSON.stringify(plain))
      const reading = await fetchIn(page, { url: `${world.stack.backend}/mints` })
      assert.ok(reading.blocked, JSON.stringify(reading))
      assert.equal(await mintCount(world), before)
    },
  ],
  [
    "a foreign page's form is refused, and so is one of an origin that says nothing",
    async (world) => {
      const before = await mintCount(world)
      for (const [silent, origin] of [
        [false, foreignPage],
        [true, 'null'],
      ] as const) {
        const page = await world.open(foreignPage)
        const answer = await postForm(page, `${world.stack.backend}/mint`, { silent })
        assert.equal(answer.headers?.origin, origin)
        assert.equal(answer.status, 403, JSON.stringify(answer))
      }
      assert.equal(await mintCount(world), before)
    },
  ],
  [
    "the gateway's own pages may do all of it",
    async (world) => {
      const page = await world.open(`${world.stack.backend}/health`)
      const minted = await fetchIn(page, { url: '/mint', method: 'POST', headers: json, body: order(world, 'own-1') })
      assert.equal(minted.status, 200, JSON.stringify(minted))
      for (const act of ['pause', 'resume']) {
        const url = `/baskets/${world.stack.mintingConsumer}/${act}`
        const answer = await fetchIn(page, { url, method: 'POST', headers: json, body: { reason: 'drill' } })
        assert.equal(answer.status, 200, `${act}: ${JSON.stringify(answer)}`)
      }
    },
  ],
]
