// Numbers the events of a run, and writes each as a line of JSON.

/** One thing that happened in a run; written as a JSON line. */
export type JournalEvent = {
  event: string
  level?: 'info' | 'warn' | 'error'
  node?: string
  [field: string]: unknown
}

/** Where the events of a run go. */
export type Journal = (event: JournalEvent) => void

/** A journal that numbers the events, stamps the milliseconds since the start, and hands each line to every sink. */
export function createJournal(params: { sinks: ((line: string, event: JournalEvent) => void)[] }): Journal {
  const start = performance.now()
  let seq = 0
  return (event) => {
    const { event: name, level = 'info', ...rest } = event
    const at = Math.round(performance.now() - start)
    const line = JSON.stringify({ seq: seq++, ms: at, level, event: name, ...rest }, bigintAsText)
    for (const sink of params.sinks) sink(line, event)
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** A journal that first takes the secrets out of every text. */
export function redacted(journal: Journal, redact: (text: string) => string): Journal {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value)
    if (Array.isArray(value)) return value.map(clean)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, clean(field)]))
  }
  return (event) => journal(clean(event) as JournalEvent)
}
