// Parses JSON without words about it: an error of the parser would quote the text.

/** What the text says, or undefined when it is no JSON. */
export function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
