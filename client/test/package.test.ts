import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { $ } from 'bun'
import { build, exported, licences, sourceOf } from '../tools/build'
import { generatedTypes } from '../tools/generate'
import { blocksOf, guideBlocks } from './support/blocks'
import { Gateway } from './support/gateway'

const root = join(import.meta.dir, '..')
/** The most that a page loads for an export: bytes, minified and gzipped. */
const most = { index: 4_096, events: 1_536, react: 1_536, sandbox: 512 }
/** A project that has the package, as npm installs it. */
let project: string

beforeAll(async () => {
  await build()
  project = mkdtempSync(join(tmpdir(), 'cre-client-'))
  mkdirSync(join(project, 'node_modules/@cre-backend'), { recursive: true })
  symlinkSync(root, join(project, 'node_modules/@cre-backend/client'))
  for (const name of ['react', 'wagmi', '@types'])
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
}, 300_000)
afterAll(() => rmSync(project, { recursive: true }))

test('the types are those of openapi.json', async () => {
  const written = readFileSync(join(root, 'src/openapi.ts'), 'utf8')
  // Not compared as texts, which the runner would print.
  expect(written === (await generatedTypes()), 'cd client && bun run generate').toBe(true)
})

test('each export is as small as is promised, and needs nothing', async () => {
  for (const name of exported) {
    const { outputs } = await Bun.build({
      entrypoints: [sourceOf(name)],
      target: 'browser',
      minify: true,
      external: ['react'],
    })
    const code = await outputs[0]?.text()
    const size = gzipSync(code ?? '', { level: 9 }).length
    console.log(`${name}: ${size} of ${most[name]} bytes`)
    expect(size).toBeGreaterThan(100)
    expect(size).toBeLessThanOrEqual(most[name])
  }
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(dependencies).toBeUndefined()
  expect(readFileSync(join(root, 'bun.lock'), 'utf8')).not.toMatch(/"https?:\/\//)
})

test('what is published has the licences that it names', async () => {
  const [packed] = await $`npm pack --dry-run --json --ignore-scripts`.cwd(root).quiet().json()
  const published = (packed.files as { path: string }[]).map((file) => file.path)
  expect(published).toContain('dist/index.js')
  for (const name of licences) {
    expect(published).toContain(name)
    expect(readFileSync(join(root, name), 'utf8')).toBe(readFileSync(join(root, '..', name), 'utf8'))
  }
})

const program = `
import { CreError, createClient } from '@cre-backend/client'
import { followEvents } from '@cre-backend/client/events'
const cre = createClient({ baseUrl: process.argv[2], token: 'cre_test_1_x' })
const heard = new Promise((event) => followEvents(cre, { event: ({ kind }) => event(kind), live: (isLive) => isLive && console.log('live') }))
const mint = await cre.mint({ beneficiary: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd', amount: '1000' }, { intent: 'a' })
console.log((await mint.wait({ until: 'finalized' })).status, await heard)
const error = await cre.mints.get('missing').catch((thrown) => thrown)
console.log(error instanceof CreError, error.code)
process.exit(0)
`

/** Nothing older has all that the client uses; the rest of the repository needs only 18. */
const oldestNode = 20
const [nodeVersion = 0] = (await $`node --version`.text()).slice(1).split('.').map(Number)

for (const runtime of ['node', 'bun']) {
  test.skipIf(runtime === 'node' && nodeVersion < oldestNode)(
    `a program on ${runtime} mints and waits with the published files`,
    async () => {
      const gateway = new Gateway()
      const file = join(project, 'mint.js')
      writeFileSync(file, program)
      gateway.instead = ({ path }) => {
        // Once it is followed, it goes on.
        const finish = () => {
          for (const id of gateway.mints.keys()) gateway.move(id, 'finalized')
        }
        if (path.startsWith('/mints/events')) setTimeout(finish, 50)
        return undefined
      }
      const run = await $`${runtime} ${file} ${gateway.url}`.cwd(project).nothrow().quiet()
      expect(run.stderr.toString()).toBe('')
      expect(run.stdout.toString()).toMatch(/^live\nfinalized mint\.\w+\ntrue NOT_FOUND\n$/)
      await gateway.stop()
    },
    30_000,
  )
}

/** The sentences of the compiler about these files; none is well. */
async function compiled(files: Record<string, string>, options: { strict: boolean }): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text)
  const compilerOptions = {
    module: 'NodeNext',
    jsx: 'react-jsx',
    lib: ['ES2022', 'DOM'],
    noEmit: true,
    types: [],
    skipLibCheck: true,
    ...options,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }))
  return $`${join(root, 'node_modules/.bin/tsc')} -p ${project}`.nothrow().text()
}

test('the published types are found, refuse what the API has not, and take what the documents show', async () => {
  const uses = `
import { type CreError, type Mint, createClient } from '@cre-backend/client'
import { followEvents } from '@cre-backend/client/events'
import { useMint } from '@cre-backend/client/react'
const cre = createClient({ baseUrl: '/' })
export const name: Promise<string | null | undefined> = cre.call('get', '/baskets').then(({ baskets }) => baskets[0]?.name)
export const deficit = (error: CreError) => (error.code === 'POR_INSUFFICIENT_RESERVES' ? error.problem.deficit : undefined)
export const uses: [typeof followEvents, typeof useMint, Mint?] = [followEvents, useMint]
// @ts-expect-error there is no such path
cre.call('get', '/no-such-path')
// @ts-expect-error it needs the hash
cre.call('get', '/tx/{hash}')
// @ts-expect-error an amount is a text
cre.mint({ beneficiary: '0x', amount: 1000 })
`
  const examples = ['docs/client.md', 'client/README.md'].flatMap((page) => blocksOf(page, ['ts', 'tsx']))
  expect(examples.length).toBeGreaterThan(4)
  const files = Object.fromEntries(examples.map((text, index) => [`example-${index}.tsx`, text]))
  expect(await compiled({ 'uses.ts': uses, ...files }, { strict: true })).toBe('')
}, 300_000)

test('the guide’s snippets are its own, byte for byte, and compile', async () => {
  const { fetch, wagmi } = guideBlocks()
  const sums = [fetch, wagmi].map((block) => new Bun.CryptoHasher('sha256').update(block).digest('hex'))
  expect(sums).toEqual([
    'e121e88cd85eb0edc1fab796727d0c732d13690a41cf1cbc7be91bfaa61e94fd',
    'ec5b3e1bb34dc2f5e4103462466c9afa7113fecc800cf874abc5ada598bb104b',
  ])
  const known = 'declare const [stablecoinAddress, mintingConsumerAddress]: [string, string]\nexport { MintButton }\n'
  expect(await compiled({ 'guide.tsx': fetch + wagmi + known }, { strict: false })).toBe('')
}, 300_000)
