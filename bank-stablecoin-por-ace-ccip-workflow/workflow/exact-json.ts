/** A JSON string token, or a JSON number token outside any string. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * Parses JSON and keeps every number as the text that was sent: `JSON.parse` would turn 965051849.99 into a float.
 * Throws like `JSON.parse` on malformed text.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"${token}"`)))
}
