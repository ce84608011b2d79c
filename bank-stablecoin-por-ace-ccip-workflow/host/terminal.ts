import { writeSync } from 'node:fs'

/** Writes a whole line to a file descriptor at once, so that nothing is lost when the process exits. */
export function writeLine(descriptor: number, line: string): void {
  let rest = Buffer.from(`${line}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EAGAIN') throw error
      Bun.sleepSync(1)
    }
  }
}
