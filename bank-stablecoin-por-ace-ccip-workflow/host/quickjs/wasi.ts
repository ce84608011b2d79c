// Gives the plugin the system calls that it expects.
import type { GuestMemory } from './memory'

const SUCCESS = 0
const BAD_DESCRIPTOR = 8
const NOT_SEEKABLE = 70
const CHARACTER_DEVICE = 2
const EVENT_BYTES = 32

/** Thrown out of the guest when it exits. */
export class GuestExit extends Error {
  constructor(readonly code: number) {
    super(`the guest exited with ${code}`)
    this.name = 'GuestExit'
  }
}

type SystemCalls = Record<string, (...values: never[]) => number>

/** What the guest may ask its system: arguments, the node's clock, its own output, sleep. No files, no environment. */
export function wasi(params: {
  memory: GuestMemory
  args: () => string[]
  clockMillis: () => number
  sleep: (millis: number) => void
  print: (text: string) => void
}): SystemCalls {
  return { ...processCalls(params), ...timeCalls(params), ...descriptorCalls(params) }
}

function processCalls({ memory, args }: { memory: GuestMemory; args: () => string[] }): SystemCalls {
  const encoded = () => args().map((text) => new TextEncoder().encode(`${text}\0`))
  return {
    args_sizes_get(count: number, size: number) {
      memory.setU32(count, encoded().length)
      memory.setU32(
        size,
        encoded().reduce((sum, text) => sum + text.length, 0),
      )
      return SUCCESS
    },
    args_get(pointers: number, buffer: number) {
      let next = buffer
      encoded().forEach((text, index) => {
        memory.setU32(pointers + 4 * index, next)
        memory.write(next, text)
        next += text.length
      })
      return SUCCESS
    },
    environ_sizes_get(count: number, size: number) {
      memory.setU32(count, 0)
      memory.setU32(size, 0)
      return SUCCESS
    },
    environ_get: () => SUCCESS,
    random_get(buffer: number, length: number) {
      memory.bytes(buffer, length).fill(0)
      return SUCCESS
    },
    proc_exit(code: number) {
      throw new GuestExit(code)
    },
  }
}

function timeCalls(params: {
  memory: GuestMemory
  clockMillis: () => number
  sleep: (millis: number) => void
}): SystemCalls {
  const { memory } = params
  return {
    clock_time_get(_clock: number, _precision: bigint, time: number) {
      memory.setU64(time, BigInt(Math.floor(params.clockMillis())) * 1_000_000n)
      return SUCCESS
    },
    poll_oneoff(subscriptions: number, events: number, _count: number, stored: number) {
      params.sleep(Number(memory.u64(subscriptions + 24)) / 1e6)
      memory.bytes(events, EVENT_BYTES).fill(0)
      memory.setU64(events, memory.u64(subscriptions))
      memory.setU32(stored, 1)
      return SUCCESS
    },
  }
}

function descriptorCalls({ memory, print }: { memory: GuestMemory; print: (text: string) => void }): SystemCalls {
  return {
    fd_write(_descriptor: number, vectors: number, count: number, written: number) {
      let text = ''
      let total = 0
      for (let index = 0; index < count; index++) {
        const length = memory.u32(vectors + 8 * index + 4)
        text += new TextDecoder().decode(memory.copy(memory.u32(vectors + 8 * index), length))
        total += length
      }
      if (text.trim() !== '') print(text.trimEnd())
      memory.setU32(written, total)
      return SUCCESS
    },
    fd_read(_descriptor: number, _vectors: number, _count: number, read: number) {
      memory.setU32(read, 0)
      return SUCCESS
    },
    fd_fdstat_get(_descriptor: number, stat: number) {
      memory.bytes(stat, 24).fill(0)
      memory.write(stat, new Uint8Array([CHARACTER_DEVICE]))
      return SUCCESS
    },
    fd_prestat_get: () => BAD_DESCRIPTOR,
    fd_prestat_dir_name: () => BAD_DESCRIPTOR,
    fd_seek: () => NOT_SEEKABLE,
    fd_close: () => SUCCESS,
  }
}
