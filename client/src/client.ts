/** The client: everything of the gateway that a page or a server asks for. */
import type { CreError } from './error'
import { type Cancellable, type Connection, type Send, sender } from './http'
import { intentsIn, newKey } from './intent'
import { type MintHandle, mintHandle } from './mint'
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

/** An argument that may be left out where nothing in it is required. */
type Needed<O> = Partial<O> extends O ? [options?: O] : [options: O]

type Member<Name extends string, V> = [V] extends [never] ? unknown : { [N in Name]: V }

export type MintFilter = Omit<QueryOf<operations['listMints']>, 'cursor'>
/** RFC 3339 times, and at most 1 000 points. */
export type HistoryRange = QueryOf<operations['getReserveHistory']>
export type ReserveSeries = AnswerOf<operations['getReserveHistory']>

export type ComplianceQuestion = QueryOf<operations['explainCompliance']>

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
    /** Mints, newest first, over all pages. */
    list(filter?: MintFilter, options?: Cancellable): AsyncGenerator<Mint, void, void>
    get(id: string, options?: Cancellable): Promise<Mint>
    /** A mint by its id, to follow it. */
    follow(id: string): MintHandle
  }
  reserves: {
    get(basket: string, options?: Cancellable): Promise<ReserveRounds>
    /** Reserves and liability over a time, in at most so many points. */
    history(basket: string, range: HistoryRange, options?: Cancellable): Promise<ReserveSeries>
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
    ...options: Needed<CallOptions<OperationOf<M, P>>>
  ): Promise<AnswerOf<OperationOf<M, P>>>
  /** A request as it is, for what is not JSON: statements as CSV, streams. */
  send: Send
  /** Name of what all tabs share; undefined where this client shares nothing. */
  readonly shareName: string | undefined
}

/** What `call` needs, without its types. */
interface Call extends Cancellable {
  path?: Record<string, string>
  query?: object | undefined
  body?: unknown
  headers?: Record<string, string>
}

export function createClient(options: ClientOptions): CreClient {
  const { baseUrl, token, store = defaultStore(), share = typeof token !== 'function', pollMs = 2_000 } = options
  const send = sender(options)
  // Clients with one key share; the third part of a key is its public id.
  const shareName = share ? `cre:${baseUrl} ${String(token).split('_')[2]}` : undefined
  const intents = intentsIn(store, baseUrl)

  const call = async <T>(method: string, path: string, { path: names, query, ...sent }: Call = {}): Promise<T> => {
    const where = path.replace(/{(\w+)}/g, (_, name) => encodeURIComponent(names?.[name] ?? ''))
    const response = await send(where + queryOf(query), { ...sent, method: method.toUpperCase() })
    return response.json()
  }
  const get = <T>(path: string, query?: object, options?: Cancellable): Promise<T> =>
    call('get', path, { ...options, query })
  const read = (id: string, options?: Cancellable): Promise<Mint> =>
    get(`/mints/${encodeURIComponent(id)}`, {}, options)
  const watcher = mintWatcher(send, read, shareName, pollMs)

  const ask = async (order: MintRequest, key: string, { intent, signal }: MintOptions): Promise<MintHandle> => {
    const settle = async (mintId?: string): Promise<void> => {
      if (intent !== undefined) await intents.settle(intent, key, mintId)
    }
    try {
      const response = await send('/mint', {
        method: 'POST',
        body: order,
        headers: { prefer: 'respond-async' },
        key,
        signal,
      })
      const mint: Mint = await response.json()
      await settle(mint.mintId)
      return mintHandle(watcher, mint.mintId, mint, settle)
    } catch (error) {
      if (hasEnded((error as CreError).problem?.mintStatus)) await settle()
      throw error
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
      if (!mintId) return ask(order, key, { intent, signal })
      return mintHandle(watcher, mintId, undefined, () => intents.settle(intent, key))
    },
    forget: intents.forget,
    mints: {
      async *list(filter, options) {
        let cursor: string | null | undefined
        do {
          const page: MintPage = await get('/mints', { ...filter, cursor }, options)
          yield* page.mints
          cursor = page.nextCursor
        } while (cursor)
      },
      get: read,
      follow: (id) => mintHandle(watcher, id),
    },
    reserves: {
      get: (basket, options) => get(`/reserves/${encodeURIComponent(basket)}`, {}, options),
      history: (basket, query, options) => get(`/reserves/${encodeURIComponent(basket)}/history`, query, options),
    },
    compliance: {
      check: (address, query, options) => get(`/compliance/${encodeURIComponent(address)}`, query, options),
    },
    baskets: {
      list: async (options) => (await get<AnswerOf<operations['listBaskets']>>('/baskets', {}, options)).baskets,
      fromReceipt,
    },
    send,
    shareName,
  }
}

function queryOf(query: object = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one as string]))
  const words = `${new URLSearchParams(pairs.filter(([, one]) => one != null))}`
  return words && `?${words}`
}
