/** Collects lines and hands them on together: at the latest when the event loop comes round, or when asked. */
export type LineWriter = { write: (line: string) => void; flush: () => void }

/** One call of `sink` for all the lines of a turn, instead of one for each. */
export function createLineWriter(sink: (text: string) => void): LineWriter {
  let pending = ''
  const flush = (): void => {
    if (pending === '') return
    const text = pending
    pending = ''
    sink(text)
  }
  return {
    write(line) {
      if (pending === '') setImmediate(flush)
      pending += `${line}\n`
    },
    flush,
  }
}
