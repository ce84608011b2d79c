/** Server-sent events from a stream of bytes, as the HTML standard reads them. */

export interface ServerSentEvent {
  id: string
  event: string
  data: string
}

/** The longest event that is read. */
const LONGEST_EVENT = 1_000_000

/** Reads a body to its end; an event that is cut off is none. `onBytes` hears of every piece, comments too. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes?: () => void,
): AsyncGenerator<ServerSentEvent, void, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let [rest, id, event, data] = ['', '', '', '']
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes?.()
      // A CR at the end may be the half of a CRLF.
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r?\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') {
          if (data !== '') yield { id, event: event || 'message', data: data.slice(0, -1) }
          event = data = ''
          continue
        }
        const [, name, text = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
        if (name === 'data') data += `${text}\n`
        if (name === 'event') event = text
        if (name === 'id' && !text.includes('\0')) id = text
      }
      if (rest.length + data.length > LONGEST_EVENT) throw new Error('an event is too long')
    }
  } finally {
    void reader.cancel().catch(() => {})
  }
}
