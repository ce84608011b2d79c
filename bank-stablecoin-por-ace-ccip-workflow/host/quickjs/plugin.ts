// Prepares Chainlink's QuickJS plugin for the host: its stack pointer is exported, and its memory has a limit.

/** Bytes of a page of WebAssembly memory. */
export const PAGE_BYTES = 65_536
/** The export that `preparePlugin` adds: the only state of the plugin outside its memory. */
export const STACK_POINTER = '__stack_pointer'

const HEADER_BYTES = 8
const MEMORY_SECTION = 5
const GLOBAL_SECTION = 6
const EXPORT_SECTION = 7
const GLOBAL_KIND = 3
/** One mutable 32 bit global: the stack pointer, and nothing else that an image of the memory would miss. */
const ONE_MUTABLE_I32 = [1, 0x7f, 1]
/** One memory without a maximum. */
const ONE_UNBOUNDED_MEMORY = [1, 0]

/** The plugin with its stack pointer exported and its memory bound to `maxBytes`; code and data stay as they are. */
export function preparePlugin(plugin: Uint8Array, params: { maxBytes: number }): Uint8Array<ArrayBuffer> {
  const parts = [plugin.subarray(0, HEADER_BYTES)]
  for (const { id, content } of sectionsOf(plugin)) {
    if (id === GLOBAL_SECTION) expectPrefix(content, ONE_MUTABLE_I32, 'globals')
    const changed =
      id === MEMORY_SECTION
        ? boundedMemory(content, Math.floor(params.maxBytes / PAGE_BYTES))
        : id === EXPORT_SECTION
          ? withStackPointer(content)
          : content
    parts.push(Uint8Array.of(id, ...unsigned(changed.length)), changed)
  }
  return new Uint8Array(Buffer.concat(parts))
}

function* sectionsOf(module: Uint8Array): Generator<{ id: number; content: Uint8Array }> {
  let next = HEADER_BYTES
  while (next < module.length) {
    const size = readUnsigned(module, next + 1)
    yield { id: module[next] ?? 0, content: module.subarray(size.end, size.end + size.value) }
    next = size.end + size.value
  }
}

function boundedMemory(content: Uint8Array, maxPages: number): Uint8Array {
  expectPrefix(content, ONE_UNBOUNDED_MEMORY, 'memory')
  return Uint8Array.of(1, 1, ...content.subarray(ONE_UNBOUNDED_MEMORY.length), ...unsigned(maxPages))
}

function withStackPointer(content: Uint8Array): Uint8Array {
  const count = readUnsigned(content, 0)
  const name = new TextEncoder().encode(STACK_POINTER)
  const entry = Uint8Array.of(...unsigned(name.length), ...name, GLOBAL_KIND, 0)
  return new Uint8Array(Buffer.concat([unsigned(count.value + 1), content.subarray(count.end), entry]))
}

function expectPrefix(content: Uint8Array, prefix: number[], what: string): void {
  if (prefix.every((byte, index) => content[index] === byte)) return
  throw new Error(`the plugin's ${what} are not those that this host knows`)
}

/** An unsigned number in LEB128. */
function unsigned(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.of(...bytes, rest)
    bytes.push((rest & 0x7f) | 0x80)
  }
}

function readUnsigned(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0
  for (let index = 0; ; index++) {
    const byte = bytes[at + index] ?? 0
    value |= (byte & 0x7f) << (7 * index)
    if (byte < 0x80) return { value: value >>> 0, end: at + index + 1 }
  }
}
