/** Server-sent events from a stream of bytes, as the HTML standard reads them; only their data. */

/** The longest event that is read. */
const LONGEST_EVENT = 1_000_000

/**
 * Reads a body to its end; an event that is cut off is none. `onBytes` hears of every piece, comments too. Our events
 * have their number and kind in their data, so `id` and `event` are not looked at.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes?: () => void,
): AsyncGenerator<string, void, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let data = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes?.()
      // A CR at the end may be the half of a CRLF.
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r?\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (!line) {
          if (data) yield data.slice(1)
          data = ''
        } else if (/^data(:|$)/.test(line)) data += `\n${line.replace(/^data:? ?/, '')}`
      }
      if (rest.length + data.length > LONGEST_EVENT) throw new Error('too long')
    }
  } finally {
    void reader.cancel().catch(() => {})
  }
}
