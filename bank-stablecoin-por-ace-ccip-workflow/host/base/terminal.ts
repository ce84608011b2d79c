// Writes text to a file descriptor without losing any of it when the process exits.
import { writeSync } from 'node:fs'

/** Writes a whole text to a file descriptor at once, so that nothing is lost when the process exits. */
export function writeText(descriptor: number, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error
      Bun.sleepSync(1)
    }
  }
}
