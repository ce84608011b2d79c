// Tells text that can stand in a line from text that could break out of it.

/** Control characters, and the Unicode characters that reorder or break lines. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

/** Whether a text stays where it is put: it breaks no line, hides nothing, and is no announcement of a delivery. */
export function isOneLine(text: string): boolean {
  return !UNSAFE.test(text) && !/mint report delivered/i.test(text)
}
