// Takes out of texts what must not leave the house: secrets, keys, and everything of a URL but where it leads.

/** Gives the text without what it must not say. */
export type Scrubber = (text: string) => string

const SECRET = '[secret]'
const URLS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>\\]+/gi
const ADDRESS = /^(?:0x)?[0-9a-f]{40}$/i
/** Shorter parts of a URL are words such as `api` or `v2`, and no secrets. */
const PATH_PART = 16
const QUERY_PART = 8
const USER_PART = 4

/** A scrubber that knows some secrets (of any length) and URLs, parts of which may be secrets too. */
export function createScrubber(params: { secrets: string[]; urls: string[] }): Scrubber {
  const known = new Set([...params.secrets.flatMap(spellings), ...params.urls.flatMap(partsOf)])
  known.delete('')
  if (known.size === 0) return scrubUrls
  const longestFirst = [...known].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(longestFirst.map(escapePattern).join('|'), 'gi')
  return (text) => scrubUrls(text).replace(pattern, SECRET)
}

/** Leaves scheme, host and port of every URL in the text; user, path and query may hold keys. */
export function scrubUrls(text: string): string {
  return text.replace(URLS, (found) => {
    const url = URL.parse(found)
    return url === null || url.host === '' ? '[URL]' : `${url.protocol}//${url.host}`
  })
}

/** Every text in a value, cleaned; keys are names of ours and stay. */
export function scrubValue(value: unknown, clean: Scrubber): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => scrubValue(item, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, scrubValue(field, clean)]))
}

/** A secret as it may turn up: hexadecimal ones without their prefix, and all as a URL or as JSON would write them. */
function spellings(secret: string): string[] {
  const bare = /^0x[0-9a-f]{16,}$/i.test(secret) ? secret.slice(2) : secret
  return [bare, encodeURIComponent(bare), JSON.stringify(bare).slice(1, -1)]
}

/** Parts of a URL that may be secrets by themselves, as they stand there and decoded. */
function partsOf(text: string): string[] {
  const url = URL.parse(text)
  if (url === null) return []
  const user = [url.username, url.password].filter((part) => part.length >= USER_PART)
  const login = url.username === '' ? [] : [btoa(`${decoded(url.username)}:${decoded(url.password)}`)]
  const path = url.pathname.split('/').filter((part) => part.length >= PATH_PART)
  const query = [...url.searchParams.values(), url.hash.slice(1)].filter((part) => part.length >= QUERY_PART)
  const parts = [...user, ...path, ...query].flatMap((part) => [part, decoded(part)])
  return [...login, ...parts.filter((part) => !/[{}]/.test(part) && !ADDRESS.test(part))]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
