/** The client: everything of the gateway that a page or a server asks for. */
import { CreError } from './error'
import { type Connection, type Send, sender } from './http'
import { intentsIn, newKey } from './intent'
import { type Cancellable, type MintHandle, mintHandle } from './mint'
import { type CreatedBasket, type Receipt, fromReceipt } from './receipt'
import { type IntentStore, defaultStore } from './store'
import type {
  AnswerOf,
  BodyOf,
  Compliance,
  Method,
  Mint,
  MintPage,
  MintRequest,
  OperationOf,
  PathOf,
  PathParametersOf,
  QueryOf,
  ReserveRounds,
  operations,
} from './types'
import { hasEnded, mintWatcher } from './watch'

export interface ClientOptions extends Connection {
  /** Where intents are kept: the browser's `localStorage` by default, this program's memory outside a browser. */
  store?: IntentStore
  /** `false`: this client's streams are its own, not those of all tabs. So it is with a token that is a function. */
  share?: boolean
  /** How often a mint is looked at while no stream gets through, in milliseconds. */
  pollMs?: number
}

export interface MintOptions extends Cancellable {
  /**
   * The name of what the caller wants, for example of an invoice or a form. All calls under it are one mint, until its
   * end was read: a double click, a second tab, a retry after a lost answer, a reload.
   */
  intent?: string
}

/** What a call needs beside its path; only what the API has there. */
export type CallOptions<O> = Cancellable & { headers?: Record<string, string> } & Member<'path', PathParametersOf<O>> &
  Member<'body', BodyOf<O>> & { query?: QueryOf<O> }

type Member<Name extends string, V> = [V] extends [never] ? unknown : { [N in Name]: V }

export type MintFilter = Omit<QueryOf<operations['listMints']>, 'cursor'>
export type ComplianceQuestion = QueryOf<operations['explainCompliance']>

/** Mints over all pages; or page by page. */
export interface MintList extends AsyncIterable<Mint> {
  pages(): AsyncIterable<MintPage>
}

export interface CreClient {
  /**
   * Asks for a mint and answers as soon as it is accepted; `wait` and `states` tell the rest. Rejects with a `CreError`
   * when it is refused at once.
   */
  mint(order: MintRequest, options?: MintOptions): Promise<MintHandle>
  /** The mint of an intent, after a reload for example: found again, or asked for again where no answer came. */
  resume(intent: string, options?: Cancellable): Promise<MintHandle | undefined>
  /** Gives an intent up: the next request under its name is another mint. */
  forget(intent: string): Promise<void>
  mints: {
    list(filter?: MintFilter, options?: Cancellable): MintList
    get(id: string, options?: Cancellable): Promise<Mint>
    /** A mint by its id, to follow it. */
    follow(id: string): MintHandle
  }
  reserves: {
    get(basket: string, options?: Cancellable): Promise<ReserveRounds>
  }
  compliance: {
    check(address: string, question?: ComplianceQuestion, options?: Cancellable): Promise<Compliance>
  }
  baskets: {
    list(options?: Cancellable): Promise<AnswerOf<operations['listBaskets']>['baskets']>
    fromReceipt(receipt: Receipt): CreatedBasket | undefined
  }
  /** Any other operation, typed by the OpenAPI document: `call('get', '/tx/{hash}', { path: { hash } })`. */
  call<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    options?: CallOptions<OperationOf<M, P>>,
  ): Promise<AnswerOf<OperationOf<M, P>>>
  /** A request as it is, for what is not JSON: statements as CSV, streams. */
  send: Send
  /** Name of what all tabs share; undefined where this client shares nothing. */
  readonly shareName: string | undefined
}

/** What `call` needs, without its types. */
interface Call extends Cancellable {
  path?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
  headers?: Record<string, string>
}

export function createClient(options: ClientOptions): CreClient {
  const { baseUrl, token, store = defaultStore(), share = typeof token !== 'function', pollMs = 2_000 } = options
  const send = sender(options)
  const scope = `${baseUrl}${typeof token === 'string' ? ` ${fingerprint(token)}` : ''}`
  const shareName = share ? `cre:${scope}` : undefined
  const watcher = mintWatcher(send, shareName, pollMs)
  const intents = intentsIn(store, baseUrl)

  const call = async <T>(
    method: string,
    path: string,
    { path: names, query, body, headers, signal }: Call = {},
  ): Promise<T> => {
    const where = path.replace(/{(\w+)}/g, (_, name) => encodeURIComponent(names?.[name] ?? ''))
    const response = await send(where + queryOf(query), { method: method.toUpperCase(), body, headers, signal })
    return response.json()
  }

  const ask = async (order: MintRequest, key: string, { intent, signal }: MintOptions): Promise<MintHandle> => {
    const settle = async (mintId?: string): Promise<void> => {
      if (intent !== undefined) await intents.settle(intent, key, mintId)
    }
    try {
      const response = await send('/mint', {
        method: 'POST',
        body: order,
        headers: { 'idempotency-key': key, prefer: 'respond-async' },
        signal,
        repeatable: true,
      })
      const mint: Mint = await response.json()
      await settle(mint.mintId)
      return mintHandle(watcher, mint.mintId, mint, settle)
    } catch (error) {
      const status = error instanceof CreError && error.problem.mintStatus
      if (status && hasEnded({ status })) await settle()
      throw error
    }
  }

  async function* pages(filter: MintFilter | undefined, signal: AbortSignal | undefined): AsyncGenerator<MintPage> {
    for (let cursor: string | undefined; ; ) {
      const page = await call<MintPage>('get', '/mints', { query: { ...filter, cursor }, signal })
      yield page
      if (!page.nextCursor) return
      cursor = page.nextCursor
    }
  }

  return {
    call: call as CreClient['call'],
    async mint(order, { intent, signal } = {}) {
      const key = intent === undefined ? newKey() : (await intents.open(intent, order)).key
      return ask(order, key, { intent, signal })
    },
    async resume(intent, { signal } = {}) {
      const found = await intents.find(intent)
      if (!found) return undefined
      const { key, order, mintId } = found
      if (mintId === undefined) return ask(order, key, { intent, signal })
      return mintHandle(watcher, mintId, undefined, () => intents.settle(intent, key, undefined))
    },
    forget: intents.forget,
    mints: {
      list: (filter, { signal } = {}) => ({
        pages: () => pages(filter, signal),
        async *[Symbol.asyncIterator]() {
          for await (const { mints } of pages(filter, signal)) yield* mints
        },
      }),
      get: (id, { signal } = {}) => watcher.read(id, signal),
      follow: (id) => mintHandle(watcher, id),
    },
    reserves: {
      get: (basket, { signal } = {}) => call('get', '/reserves/{basket}', { path: { basket }, signal }),
    },
    compliance: {
      check: (address, query, { signal } = {}) =>
        call('get', '/compliance/{address}', { path: { address }, query, signal }),
    },
    baskets: {
      list: async ({ signal } = {}) =>
        (await call<AnswerOf<operations['listBaskets']>>('get', '/baskets', { signal })).baskets,
      fromReceipt,
    },
    send,
    shareName,
  }
}

function queryOf(query: Record<string, unknown> = {}): string {
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) words.append(name, String(one))
  }
  return words.size > 0 ? `?${words}` : ''
}

/** Tells clients of one page apart by their tokens; it is no secret and no proof of one. */
function fingerprint(token: string): string {
  let sum = 0
  for (const char of token) sum = (Math.imul(sum, 31) + char.charCodeAt(0)) | 0
  return String(sum)
}
