/** Where the console is served. A proxy may have put a prefix before it, so both are told from this script's address. */
const assets = new URL('.', import.meta.url)

/** `/console/`, with the prefix. */
export const consolePath = new URL('..', assets).pathname

/** The gateway's own address, without a slash at the end. */
export const gatewayUrl = new URL('../..', assets).href.replace(/\/$/, '')

/** The address of a page of the console. */
export function pagePath(path: string): string {
  return `${consolePath}${path}`
}
