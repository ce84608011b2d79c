/** What a page does with the client, for the tests that open it in a browser: `page` is called from there. */
import { CreError, type MintHandle, createClient } from '../../src/index'

type Client = ReturnType<typeof createClient>

let cre: Client
let handle: MintHandle | undefined
const seen: string[] = []

const page = {
  /** The states that were seen, newest last. */
  seen,
  open(baseUrl: string, token?: string): void {
    cre = createClient({ baseUrl, ...(token !== undefined && { token: () => token }) })
  },
  async mint(order: Parameters<Client['mint']>[0], intent?: string): Promise<string> {
    handle = await cre.mint(order, { ...(intent !== undefined && { intent }) })
    return handle.id
  },
  async resume(intent: string): Promise<string | undefined> {
    handle = await cre.resume(intent)
    return handle?.id
  },
  /** Follows the mint at hand; `seen` grows. */
  follow(): void {
    void (async () => {
      try {
        for await (const { status } of handle?.states() ?? []) seen.push(status)
      } catch (error) {
        seen.push(String(error))
      }
    })()
  },
  /** Waits for the mint at hand; the status, or the code of the error. */
  async wait(until: 'minted' | 'finalized'): Promise<string | undefined> {
    try {
      return (await handle?.wait({ until }))?.status
    } catch (error) {
      return error instanceof CreError ? error.code : String(error)
    }
  },
  /** Whose key it is. */
  account: async () => (await cre.call('get', '/whoami')).account,
  stored: () => Object.keys(localStorage).filter((name) => name.startsWith('cre:')).length,
}

Object.assign(globalThis, { page })
