// Makes text safe for a terminal, and cuts it to a length.

/** Control characters, ESC among them, and the Unicode characters that reorder or break lines. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Text that is safe on a terminal and stays on its line: unsafe characters are written as \uXXXX. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The text cut to at most `maxBytes` of UTF-8, on a character boundary. */
export function clip(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= maxBytes) return text
  let end = maxBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return new TextDecoder().decode(bytes.subarray(0, end))
}
