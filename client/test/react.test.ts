import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Window } from 'happy-dom'
import * as react from 'react'
import type { CreClient } from '../src/index'
import { createClient, memoryStore } from '../src/index'
import * as hooks from '../src/react'
import { Gateway, problem, until } from './support/gateway'

type Hooks = typeof hooks
/** What a user interface library has for these tests. */
interface Library {
  hooks: Hooks
  createElement: typeof react.createElement
  createRoot(box: Element): { render(what: unknown): void; unmount(): void }
}

const order = { beneficiary: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd', amount: '1000' }
const built = join(import.meta.dir, '../node_modules/.hooks-on-preact.js')
const libraries: Record<string, Library> = {}
const window = new Window()

beforeAll(async () => {
  Object.assign(globalThis, { window, document: window.document, HTMLElement: window.HTMLElement })
  const { createRoot } = await import('react-dom/client')
  libraries['react'] = { hooks, createElement: react.createElement, createRoot: createRoot as Library['createRoot'] }

  // As a bundler does it that is told to take preact/compat for react.
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, 'support/hooks-on-preact.ts')],
    target: 'browser',
    plugins: [
      {
        name: 'preact for react',
        setup: (builder) => {
          builder.onResolve({ filter: /^react$/ }, () => ({ path: Bun.resolveSync('preact/compat', import.meta.dir) }))
        },
      },
    ],
  })
  await Bun.write(built, await (outputs[0] as Blob).text())
  libraries['preact/compat'] = await import(built)
})
afterAll(() => {
  rmSync(built, { force: true })
  for (const name of ['window', 'document', 'HTMLElement']) Reflect.deleteProperty(globalThis, name)
})

function Probe({ show }: { show: () => void }): null {
  show()
  return null
}

for (const name of ['react', 'preact/compat']) {
  describe(`the hooks on ${name}`, () => {
    let gateway: Gateway
    let cre: CreClient
    let mounted: { unmount(): void }[]
    beforeEach(() => {
      gateway = new Gateway()
      cre = createClient({ baseUrl: gateway.url, store: memoryStore() })
      mounted = []
    })
    afterEach(async () => {
      for (const root of mounted) root.unmount()
      await gateway.stop()
    })

    /** Renders a hook; answers with what it last answered with. */
    function mount<T>(use: (hooks: Hooks) => T): { last: () => T; unmount: () => void } {
      const { hooks: own, createElement, createRoot } = libraries[name] as Library
      let last: T | undefined
      const root = createRoot(window.document.createElement('div') as unknown as Element)
      mounted.push(root)
      const show = () => {
        last = use(own)
      }
      root.render(createElement(Probe, { show }))
      return { last: () => last as T, unmount: () => root.unmount() }
    }

    test('a double click mints once, and its states are shown to the end', async () => {
      const { last } = mount(({ useMint }) => useMint(cre))
      await until('the first render', () => last() !== undefined)
      expect(last()).toMatchObject({ mint: undefined, error: undefined, isPending: false })
      last().submit(order)
      last().submit(order)
      await until('it is there', () => last().mint?.status === 'queued' && gateway.openStreams === 1)
      last().submit(order)
      expect(last().isPending).toBe(true)
      const [id = ''] = gateway.mints.keys()
      gateway.move(id, 'minted')
      await until('minted', () => last().mint?.status === 'minted')
      gateway.move(id, 'finalized')
      await until('its end', () => !last().isPending)
      expect(last().mint?.status).toBe('finalized')
      expect(gateway.mints.size).toBe(1)

      last().submit(order)
      await until('another', () => gateway.mints.size === 2)
    })

    test('a refusal is an error, at once or later', async () => {
      const { last } = mount(({ useMint }) => useMint(cre))
      await until('the first render', () => last() !== undefined)
      gateway.instead = () => problem(422, 'UNKNOWN_BASKET')
      last().submit(order)
      await until('the refusal', () => last().error?.code === 'UNKNOWN_BASKET')
      expect(last().isPending).toBe(false)

      gateway.instead = () => undefined
      last().submit(order)
      await until('it is there', () => last().mint?.status === 'queued')
      expect(last().error).toBeUndefined()
      gateway.move([...gateway.mints.keys()][0] ?? '', 'rejected', { code: 'ACE_REJECTED', reason: 'BLACKLISTED' })
      await until('the refusal', () => last().error?.code === 'ACE_REJECTED')
      expect(last().error?.problem.reason).toBe('BLACKLISTED')
      last().reset()
      await until('nothing is left', () => last().mint === undefined && last().error === undefined)
    })

    test('a mint of an intent is found again by the next page', async () => {
      const { mint } = await cre.mint(order, { intent: 'invoice-2211' })
      const first = mount(({ useMint }) => useMint(cre, { intent: 'invoice-2211' }))
      await until('it is found', () => first.last()?.mint?.mintId === mint?.mintId)
      first.unmount()
      await until('nobody listens', () => gateway.openStreams === 0)
      const second = mount(({ useMint }) => useMint(cre, { intent: 'invoice-2211' }))
      await until('it is found again', () => second.last()?.mint?.mintId === mint?.mintId)
      second.last().submit(order)
      await until('a click there is the same mint', () => gateway.count(/^POST/) === 2)
      expect(gateway.mints.size).toBe(1)
    })

    test('the status of a mint', async () => {
      const { mintId } = gateway.add()
      const { last } = mount(({ useMintStatus }) => useMintStatus(cre, mintId))
      await until('it is read', () => last()?.mint?.status === 'queued' && gateway.openStreams === 1)
      gateway.move(mintId, 'failed', { code: 'WORKFLOW_FAILED' })
      await until('its end', () => last().error?.code === 'WORKFLOW_FAILED')
      expect(last()).toMatchObject({ isPending: false, mint: { status: 'failed' } })
      const missing = mount(({ useMintStatus }) => useMintStatus(cre, 'missing'))
      await until('an error', () => missing.last()?.error?.code === 'NOT_FOUND')
      const none = mount(({ useMintStatus }) => useMintStatus(cre, undefined))
      await until('nothing', () => none.last()?.isPending === false)
    })

    test('the reserves, which stay when they cannot be read anew', async () => {
      let isDown = false
      gateway.instead = ({ path }) => {
        if (!path.startsWith('/reserves/')) return undefined
        return isDown ? problem(404, 'NOT_FOUND') : Response.json({ reserves: '1000000', path })
      }
      const { last } = mount(({ useReserves }) => useReserves(cre, 'DBD'))
      await until('they are read', () => last()?.reserves?.reserves === '1000000')
      isDown = true
      last().refresh()
      await until('an error', () => last().error?.code === 'NOT_FOUND')
      expect(last().reserves?.reserves).toBe('1000000')
    })
  })
}
