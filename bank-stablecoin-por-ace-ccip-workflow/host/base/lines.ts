// Splits a stream of bytes into lines.
import { HostError } from './errors'

/** The lines of a stream, also a last one without an end; an empty one is none. One that is longer than `maxBytes` throws. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > maxBytes) throw new HostError('HOST_ERROR', 'no valid request: the line is too long')
    yield* lines.filter((line) => line.trim() !== '')
  }
  if (rest.trim() !== '') yield rest
}
