// Gives the plugin the host functions that it expects.
import type { GuestPort } from '../guest/port'
import type { GuestMemory } from './memory'

/** The host functions of Chainlink's QuickJS plugin, over the same channel that Bun guests use. */
export function creImports(params: {
  memory: GuestMemory
  port: GuestPort
}): Record<string, (...values: never[]) => unknown> {
  const { memory, port } = params
  const number = (bytes: Uint8Array) => BigInt(new TextDecoder().decode(bytes))

  /** Answers into the guest's buffer: the length, or the negative length of an error text. */
  const into = (buffer: number, capacity: number, ask: () => Uint8Array): bigint => {
    try {
      const answer = ask()
      if (answer.length > capacity) throw new Error('response exceeds the response size')
      memory.write(buffer, answer)
      return BigInt(answer.length)
    } catch (error) {
      const text = new TextEncoder()
        .encode(error instanceof Error ? error.message : String(error))
        .subarray(0, capacity)
      memory.write(buffer, text)
      return -BigInt(text.length)
    }
  }
  return {
    version_v2_typescript: () => undefined,
    switch_modes: (mode: number) => port.post({ op: 'mode', mode }),
    call_capability: (pointer: number, length: number) => BigInt(port.begin(memory.copy(pointer, length))),
    await_capabilities: (pointer: number, length: number, buffer: number, capacity: number) =>
      into(buffer, capacity, () => port.ask({ op: 'await', bytes: memory.copy(pointer, length), maxBytes: capacity })),
    get_secrets: (pointer: number, length: number, buffer: number, capacity: number) =>
      into(buffer, capacity, () => {
        port.ask({ op: 'secrets', bytes: memory.copy(pointer, length) })
        return new Uint8Array()
      }),
    await_secrets: (pointer: number, length: number, buffer: number, capacity: number) =>
      into(buffer, capacity, () =>
        port.ask({ op: 'awaitSecrets', bytes: memory.copy(pointer, length), maxBytes: capacity }),
      ),
    log: (pointer: number, length: number) =>
      port.post({ op: 'log', text: new TextDecoder().decode(memory.copy(pointer, length)) }),
    send_response(pointer: number, length: number) {
      port.post({ op: 'respond', bytes: memory.copy(pointer, length) })
      return 0
    },
    random_seed: (mode: number) => number(port.ask({ op: 'seed', mode })),
    now(pointer: number) {
      memory.setU64(pointer, number(port.ask({ op: 'now' })) * 1_000_000n)
      return 0
    },
  }
}
