// Numbers the events of a run, and writes each as a line of JSON.

import { type Scrubber, scrubValue } from './scrub'
import { clip } from './text'

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

/** Longest text of an event; a library's message has no bounds. */
const MAX_TEXT_BYTES = 4_000

/** A journal that first cleans and bounds every text. */
export function scrubbed(journal: Journal, clean: Scrubber): Journal {
  return (event) => journal(scrubValue(event, (text) => clip(clean(text), MAX_TEXT_BYTES)) as JournalEvent)
}
