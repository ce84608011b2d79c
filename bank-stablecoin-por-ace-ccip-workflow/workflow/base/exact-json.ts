// Parses JSON without turning numbers into floats.

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const MAX_DEPTH = 16

/** The text ended before the JSON did. */
export class UnexpectedEnd extends SyntaxError {}

/**
 * Parses JSON and keeps every number as the text that was sent (or as what `readNumber` makes of it): `JSON.parse` would
 * turn 965051849.99 into a float. Stricter than `JSON.parse` in two ways: a key may occur once per object, since readers
 * differ in which of two values they take, and nesting is at most 16 deep. Throws on everything else that is not JSON.
 */
export function parseExactJson(text: string, readNumber: (text: string) => unknown = (number) => number): unknown {
  let at = 0
  const fail = (): never => {
    throw new (at < text.length ? SyntaxError : UnexpectedEnd)(`not JSON at position ${at}`)
  }
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    at += found?.length ?? 0
    return found
  }
  const accept = (character: string): boolean => {
    take(SPACE)
    if (text[at] !== character) return false
    at += 1
    return true
  }
  const string = (): string => {
    const start = at
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1
    at += 1
    return at > text.length ? fail() : (JSON.parse(text.slice(start, at)) as string)
  }
  const object = (depth: number): unknown => {
    const entries = new Map<string, unknown>()
    if (accept('}')) return {}
    do {
      take(SPACE)
      const key = text[at] === '"' ? string() : fail()
      if (entries.has(key) || !accept(':')) fail()
      entries.set(key, value(depth))
    } while (accept(','))
    return accept('}') ? Object.fromEntries(entries) : fail()
  }
  const array = (depth: number): unknown => {
    const items: unknown[] = []
    if (accept(']')) return items
    do items.push(value(depth))
    while (accept(','))
    return accept(']') ? items : fail()
  }
  const value = (depth: number): unknown => {
    if (depth > MAX_DEPTH) fail()
    if (accept('{')) return object(depth + 1)
    if (accept('[')) return array(depth + 1)
    if (text[at] === '"') return string()
    const word = take(WORD)
    if (word !== undefined) return word === 'null' ? null : word === 'true'
    const number = take(NUMBER)
    return number === undefined ? fail() : readNumber(number)
  }
  const parsed = value(0)
  take(SPACE)
  return at === text.length ? parsed : fail()
}
