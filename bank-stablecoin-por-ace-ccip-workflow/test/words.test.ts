/**
 * No secret and no foreign word leaves the house: a canary stands in every URL, key, secret and password, the outside
 * repeats what it was sent wherever it can, and every way to fail is walked. The canary is nowhere in what is printed or
 * written, but for the configuration itself.
 */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createScrubber, scrubUrls } from '../host/base/scrub'
import type { DonFile } from '../host/don/don-file'
import type { NodePorts } from '../host/don/ports'
import { configure, payloadOf, runCommand, runDirectory } from './support/project'
import { healthyReserve } from './support/reserve-source'
import { type Serving, startServing } from './support/serving'
import { openStage } from './support/stage'
import { keepWarm } from './support/warm'

const CANARY = 'canary4711'
/** As it may be repeated: in capitals, in hexadecimal, as a password of Basic authentication. */
const TRACES = [CANARY, Buffer.from(CANARY).toString('hex'), btoa(`user:${CANARY}-password`)]
const LOGIN = `user:${CANARY}-password`
const QUERY = `apikey=${CANARY}-query&x=1#${CANARY}`

const { chain, donFile, don, source, project } = await openStage()
const secretsFile = path.join(path.dirname(donFile), 'secrets.json')

/** What the endpoint does with a call; it passes the others on. */
type Trouble = (call: { id: number; method: string; params: unknown[] }, said: string) => Response | undefined
let trouble: Trouble
const endpoint = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(request) {
    const text = await request.text()
    const said = `${request.url} ${[...request.headers.values()].join(' ')} ${LOGIN}`
    return (
      trouble(JSON.parse(text), said) ??
      fetch(chain.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text })
    )
  },
})
afterAll(() => endpoint.stop(true))

const rpcUrl = (port: number | undefined = endpoint.port) =>
  `http://${LOGIN}@127.0.0.1:${port}/v2/${CANARY}-key-of-the-path?${QUERY}`
const reserveUrl = (origin: string) =>
  `${origin.replace('//', `//${LOGIN}@`)}/reserves/${CANARY}-reserve-of-the-path/{stablecoin}?${QUERY}`
const reserves = (origin: string, settings: Record<string, unknown> = {}) => ({
  rule: { kind: 'sum' },
  sources: [
    {
      name: 'bank',
      class: 'auditor',
      dialect: 'guide',
      unit: 'USD',
      maxAgeSeconds: 300,
      secret: 'bankKey',
      url: reserveUrl(origin),
      ...settings,
    },
  ],
})
const bank = new URL(source.url).origin

function restore(): void {
  trouble = () => undefined
  source.answer(() => healthyReserve())
  writeFileSync(
    donFile,
    JSON.stringify({ ...don, chains: don.chains.map((entry) => ({ ...entry, rpcUrl: rpcUrl() })) } satisfies DonFile),
    { mode: 0o600 },
  )
  rmSync(secretsFile, { force: true })
  writeFileSync(
    secretsFile,
    JSON.stringify({ version: 1, secrets: [{ id: 'bankKey', value: `${CANARY}-secret/+="quoted"` }] }),
    { mode: 0o600 },
  )
  configure(project, { porApiUrl: undefined, refusals: 'local', reserves: reserves(bank) })
}
beforeEach(restore)

/** Every text that a run left, but for its configuration. */
function leftIn(runDir: string): string[] {
  return readdirSync(runDir)
    .filter((name) => name !== 'config.json')
    .map((name) => readFileSync(path.join(runDir, name), 'utf8'))
}

const keys = (): string[] => {
  const transmitters = readFileSync(path.join(path.dirname(donFile), don.transmitters), 'utf8')
  return [...`${JSON.stringify(don)}${transmitters}`.matchAll(/"privateKey":\s*"0x([0-9a-f]{64})"/g)].flatMap(
    ([, key]) => key ?? [],
  )
}

function expectClean(texts: string[]): void {
  const all = texts.join('\n')
  for (const trace of [...TRACES, ...keys()]) expect(all.toLowerCase()).not.toContain(trace.toLowerCase())
  expect(all).not.toMatch(/https?:\/\/[^\s"\\/]*[/?#@]/)
  expect(
    texts.filter(
      (line) => /^Mint report delivered: 0x/m.test(line) && !/^Mint report delivered: 0x[0-9a-f]{64}$/m.test(line),
    ),
  ).toEqual([])
}

/** A way to fail: how it is set up, and the codes that the run, or its order, may end with. */
type Way = {
  arrange: () => void
  ends: string
  config?: Record<string, unknown>
  payload?: unknown
  env?: Record<string, string>
  /** What a process reads once: a serving one has to be of the way's own, so a cold run walks it. */
  served?: false
}

const refuses =
  (said: string, code = -32000, data?: string) =>
  ({ id }: { id: number }) =>
    Response.json({
      jsonrpc: '2.0',
      id,
      error: { code, message: `no: ${said}`, ...(data === undefined ? {} : { data }) },
    })
const at =
  (method: string, answer: (call: { id: number }, said: string) => Response): Trouble =>
  (call, said) =>
    call.method === method ? answer(call, said) : undefined

const ways: Record<string, Way> = {
  nothing: { arrange: () => undefined, ends: '' },
  'the bank is down': {
    arrange: () => configure(project, { reserves: reserves('http://127.0.0.1:1') }),
    ends: 'POR_UNAVAILABLE',
    served: false,
  },
  'the bank has no such name': {
    arrange: () => configure(project, { reserves: reserves('http://no.such.name.invalid') }),
    ends: 'POR_UNAVAILABLE',
    served: false,
  },
  'the bank repeats the key': {
    arrange: () =>
      source.answer(
        ({ url, headers }) => new Response(`bad key ${headers.get('x-api-key')} for ${url}`, { status: 403 }),
      ),
    ends: 'POR_UNAVAILABLE',
  },
  'the bank redirects to the key': {
    arrange: () => source.answer(({ url }) => new Response('', { status: 302, headers: { location: url } })),
    ends: 'POR_INVALID',
  },
  'the bank sends a page': {
    arrange: () => source.answer(({ url }) => new Response(`<html>${url}`)),
    ends: 'POR_INVALID',
  },
  'the bank sends the key as figures': {
    arrange: () =>
      source.answer(({ headers }) => healthyReserve({ totalReserve: headers.get('x-api-key'), lastUpdated: CANARY })),
    ends: 'POR_INVALID',
  },
  'the bank calls itself by the key': {
    arrange: () =>
      source.answer(({ url, headers }) => healthyReserve({ accountName: `${headers.get('x-api-key')} at ${url}` })),
    ends: '',
  },
  'the bank announces a delivery': {
    arrange: () => source.answer(() => healthyReserve({ accountName: `bank\nMint report delivered: 0x${CANARY}` })),
    ends: 'POR_INVALID',
  },
  'the bank breaks off': {
    arrange: () => source.answer(() => new Response('{"accountName":"', { headers: { 'content-length': '4000' } })),
    ends: 'POR_',
  },
  'the key is missing': { arrange: () => rmSync(secretsFile), ends: 'POR_UNAVAILABLE' },
  'the secrets are no JSON': { arrange: () => writeFileSync(secretsFile, `{"${CANARY}"`), ends: 'HOST_ERROR' },
  'the secrets may be read by others': { arrange: () => chmodSync(secretsFile, 0o644), ends: 'HOST_ERROR' },
  'the endpoint is down': {
    arrange: () => undefined,
    env: { RPC_URL: rpcUrl(1) },
    ends: 'RPC_UNAVAILABLE',
    served: false,
  },
  'the endpoint refuses the key': {
    arrange: () => (trouble = (_call, said) => new Response(`no such key: ${said}`, { status: 401 })),
    ends: 'RPC_UNAVAILABLE',
    served: false,
  },
  'the endpoint sends a page': {
    arrange: () => (trouble = at('eth_call', (_call, said) => new Response(`<html>${said}`))),
    ends: 'RPC_UNAVAILABLE',
    served: false,
  },
  'the endpoint refuses reads': {
    arrange: () => (trouble = at('eth_call', (call, said) => refuses(said)(call))),
    ends: 'RPC_UNAVAILABLE',
    served: false,
  },
  'the endpoint knows no block': {
    arrange: () => (trouble = at('eth_getBlockByNumber', (call, said) => refuses(said)(call))),
    ends: 'RPC_UNAVAILABLE',
  },
  'the endpoint sends blocks without numbers': {
    arrange: () =>
      (trouble = at('eth_getBlockByNumber', ({ id }, said) =>
        Response.json({ jsonrpc: '2.0', id, result: { number: said, baseFeePerGas: said } }),
      )),
    ends: 'RPC_UNAVAILABLE',
  },
  'the endpoint is busy when it comes to the balance': {
    arrange: () =>
      (trouble = at(
        'eth_getBalance',
        (_call, said) => new Response(said, { status: 429, headers: { 'retry-after': '900' } }),
      )),
    ends: 'RPC_UNAVAILABLE',
  },
  'the endpoint takes no transaction': {
    arrange: () => (trouble = at('eth_sendRawTransaction', (call, said) => refuses(said)(call))),
    ends: 'WORKFLOW_ERROR',
  },
  'the endpoint knows no receipt that makes sense': {
    arrange: () =>
      (trouble = at('eth_getTransactionCount', ({ id }, said) => Response.json({ jsonrpc: '2.0', id, result: said }))),
    ends: 'RPC_UNAVAILABLE',
  },
  'a run changes the URL': {
    arrange: () => undefined,
    config: { reserves: reserves('http://thief.example') },
    ends: 'CONFIG_REFUSED',
  },
  'a field holds what it should not': {
    arrange: () => configure(project, { refusals: rpcUrl() }),
    ends: 'CONFIG_REFUSED',
    served: false,
    config: { refusals: rpcUrl() },
  },
  'a source has a class that is none': {
    arrange: () => configure(project, { reserves: reserves(bank, { class: rpcUrl(), publicKey: CANARY }) }),
    ends: 'CONFIG_REFUSED',
    served: false,
  },
  'the payload is full of it': {
    arrange: () => undefined,
    payload: { version: rpcUrl(), [`${CANARY}\nMint report delivered: 0x1`]: rpcUrl() },
    ends: 'WORKFLOW_ERROR',
  },
  'an order is full of it': {
    arrange: () => undefined,
    payload: {
      ...payloadOf(project),
      orders: [{ bankRef: `0x${'4'.repeat(64)}`, account: rpcUrl(), amount: rpcUrl() }],
    },
    ends: 'INVALID_ORDER',
  },
}

/** Given up only when nothing has come into a block for a while: all kinds of runs wait for that at once. */
const WAITS = 'the endpoint takes no transaction'

/** Where it is the engine that runs into it, and could have words of its own: walked by all kinds of runs. */
const ENGINES_OWN = [
  'nothing',
  ...['the bank repeats the key', 'the bank announces a delivery'],
  ...['a source has a class that is none', 'the payload is full of it', 'an order is full of it'],
]

/** The code that a run ended with: of its error, or of its order. */
function endOf(lines: { stdout: string[]; stderr: string[] }): string {
  const result = JSON.parse(
    lines.stdout.at(-1)?.startsWith('{') === true ? (lines.stdout.at(-1) as string) : 'null',
  ) as { orders: { code: string }[] } | null
  if (result !== null) return result.orders[0]?.code ?? 'no order'
  return (JSON.parse(lines.stderr.at(-1) ?? '') as { code: string }).code
}

const directoryOf = ({ config, payload }: Way): string => runDirectory(project, payload ?? payloadOf(project), config)
/** The payload of some ways has the canary in it, and lies in the run directory by design. */
const writtenBy = (way: Way, runDir: string): string[] =>
  way.payload === undefined ? leftIn(runDir) : [readFileSync(path.join(runDir, 'events.jsonl'), 'utf8')]

async function runCold(engine: string, way: Way): Promise<void> {
  const runDir = directoryOf(way)
  const said = await runCommand(project, {
    runDir,
    args: ['--engine', engine],
    ...(way.env === undefined ? {} : { env: way.env }),
  })
  expect(endOf(said)).toStartWith(way.ends)
  expectClean([...said.stdout, ...said.stderr])
  if (way.ends !== 'HOST_ERROR' && way.ends !== 'CONFIG_REFUSED') expectClean(writtenBy(way, runDir))
}

async function runServed(serving: Serving, way: Way): Promise<void> {
  const runDir = directoryOf(way)
  const said = await serving.run({ runDir })
  expect(endOf(said)).toStartWith(way.ends)
  expectClean([...said.stdout, ...said.stderr])
  if (way.ends !== 'HOST_ERROR' && way.ends !== 'CONFIG_REFUSED') expectClean(writtenBy(way, runDir))
}

describe.each(['bun', 'quickjs'])('words: a cold run on %s', (engine) => {
  for (const [name, way] of Object.entries(ways)) {
    if (name === WAITS || !(ENGINES_OWN.includes(name) || (engine === 'bun' && way.served === false))) continue
    test(name, async () => {
      way.arrange()
      await runCold(engine, way)
    })
  }
})

describe('words: a served run', async () => {
  restore()
  const shared = await startServing(project)
  afterAll(async () => expectClean((await shared.close()).stderr))

  for (const [name, way] of Object.entries(ways)) {
    if (name === WAITS || way.served === false) continue
    test(name, async () => {
      way.arrange()
      await runServed(shared, way)
    })
  }

  test(`${WAITS}, nor one of a cold run on either engine`, async () => {
    const way = ways[WAITS] as Way
    way.arrange()
    await Promise.all([runServed(shared, way), runCold('bun', way), runCold('quickjs', way)])
  })
})

describe('words: what libraries throw at a node', () => {
  const run = keepWarm(project)
  const thrown = () => new Error(`connect ${rpcUrl()} with ${CANARY}-secret/+="quoted" failed`)
  const faults: Record<string, (ports: NodePorts) => NodePorts> = {
    'by fetch': (ports) => ({ ...ports, fetch: async () => Promise.reject(thrown()) }),
    'by the endpoint': (ports) => ({ ...ports, rpc: async () => Promise.reject(thrown()) }),
    'by the signer': (ports) => ({ ...ports, sign: async () => Promise.reject(thrown()) }),
    'in an answer': (ports) => ({ ...ports, fetch: async () => healthyReserve({ accountName: thrown().message }) }),
  }
  for (const [name, fault] of Object.entries(faults)) {
    for (const count of [1, 2, 4]) {
      test(`${name}, at ${count} of four`, async () => {
        const portsOf = ({ name: node, ordinary }: { name: string; ordinary: NodePorts }) =>
          Number(node.slice(-1)) <= count ? fault(ordinary) : ordinary
        const outcome = await run({ payload: payloadOf(project), portsOf })
        expectClean([
          ...outcome.lines,
          JSON.stringify(outcome.events),
          JSON.stringify(outcome.result ?? {}),
          JSON.stringify(outcome.error ?? {}),
        ])
      })
    }
  }
})

describe('words: the scrubber', () => {
  test('leaves of a URL where it leads', () => {
    expect(scrubUrls('x http://u:p@h.example:8545/a?b#c, wss://h/k y')).toBe('x http://h.example:8545 wss://h y')
    expect(scrubUrls('postgres://u:pa/ss@h/db')).not.toContain('pa')
  })
  test('knows the parts of URLs, not plain words and addresses', () => {
    const address = '0x8aCd85898458400f7Db866d53FCFF6f0D49741FF'
    const clean = createScrubber({
      secrets: [],
      urls: [`https://user:hunter22@h/v2/abcdefghijklmnop/${address}/reserves?key=12345678&a=1`],
    })
    expect(clean(`v2 abcdefghijklmnop ${address} reserves 12345678 hunter22 ${btoa('user:hunter22')}`)).toBe(
      `v2 [secret] ${address} reserves [secret] [secret] [secret]`,
    )
  })
  test('knows secrets however they are written', () => {
    const clean = createScrubber({ secrets: ['a"b c', `0x${'Ab'.repeat(32)}`], urls: [] })
    expect(clean(`a"b c, a\\"b c, a%22b%20c, ${'aB'.repeat(32)}, 0x${'ab'.repeat(32)}`)).toBe(
      '[secret], [secret], [secret], [secret], 0x[secret]',
    )
  })
})
