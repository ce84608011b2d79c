import { describe, expect, test } from 'bun:test'
import { readEvents } from '../src/sse'

async function dataOf(pieces: (string | Uint8Array)[]): Promise<string[]> {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
      controller.close()
    },
  })
  return Array.fromAsync(readEvents(body))
}

describe('server-sent events', () => {
  const text =
    ': hello\r\n\r\nid: 1\nevent: mint.minted\ndata: {"a":"ö€😀"}\n\ndata: one\rdata:two\rdata\r\rretry: 5\n\nid: 3\ndata:  x\r\n\r\ndata: three\r\ndata: four\r\n\r\n'
  const read = ['{"a":"ö€😀"}', 'one\ntwo\n', ' x', 'three\nfour']

  test('lines end with LF, CRLF or CR; comments and empty events are none', async () => {
    expect(await dataOf([text])).toEqual(read)
    expect(await dataOf([`\uFEFF${text}`])).toEqual(read)
  })

  test('a stream that is cut into two at any byte is the same', async () => {
    const bytes = new TextEncoder().encode(text)
    for (let at = 0; at <= bytes.length; at++) {
      expect(await dataOf([bytes.slice(0, at), bytes.slice(at)])).toEqual(read)
    }
  })

  test('byte by byte, too', async () => {
    expect(await dataOf(Array.from(new TextEncoder().encode(text), (byte) => Uint8Array.of(byte)))).toEqual(read)
  })

  test('what is cut off at any byte is whole events, and nothing else', async () => {
    const bytes = new TextEncoder().encode(text)
    for (let at = 0; at < bytes.length; at++) {
      const events = await dataOf([bytes.slice(0, at)])
      expect(events).toEqual(read.slice(0, events.length))
    }
  })

  test('an event without an end is not kept for ever', async () => {
    const endless = Array.from({ length: 30 }, () => 'x'.repeat(50_000))
    expect(dataOf(['data: ', ...endless])).rejects.toThrow('too long')
    expect(dataOf(endless.map((part) => `data: ${part}\n`))).rejects.toThrow('too long')
  })
})
