// Reads and writes a WebAssembly memory that may grow.

/** Views into a WebAssembly memory that stay right when it grows. */
export type GuestMemory = {
  bytes: (pointer: number, length: number) => Uint8Array
  copy: (pointer: number, length: number) => Uint8Array
  write: (pointer: number, bytes: Uint8Array) => void
  u32: (pointer: number) => number
  setU32: (pointer: number, value: number) => void
  u64: (pointer: number) => bigint
  setU64: (pointer: number, value: bigint) => void
}

/** Wraps the memory that `source` gives; it is asked on each access. */
export function guestMemory(source: () => WebAssembly.Memory): GuestMemory {
  const view = () => new DataView(source().buffer)
  const bytes = (pointer: number, length: number) => new Uint8Array(source().buffer, pointer >>> 0, length)
  return {
    bytes,
    copy: (pointer, length) => bytes(pointer, length).slice(),
    write: (pointer, content) => bytes(pointer, content.length).set(content),
    u32: (pointer) => view().getUint32(pointer >>> 0, true),
    setU32: (pointer, value) => view().setUint32(pointer >>> 0, value, true),
    u64: (pointer) => view().getBigUint64(pointer >>> 0, true),
    setU64: (pointer, value) => view().setBigUint64(pointer >>> 0, value, true),
  }
}
