// Collects lines for a few milliseconds and writes them together.

/** Collects lines and hands them on together. */
export type LineWriter = { write: (line: string) => void; flush: () => void }

/** How long a line may lie, in milliseconds. */
const FLUSH_MILLIS = 20

/** One call of `sink` for all the lines of a few milliseconds, instead of one for each. */
export function createLineWriter(sink: (text: string) => void): LineWriter {
  let pending = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (pending === '') return
    const text = pending
    pending = ''
    sink(text)
  }
  return {
    write(line) {
      timer ??= setTimeout(flush, FLUSH_MILLIS)
      pending += `${line}\n`
    },
    flush,
  }
}
