/** A workflow that does what its payload names to its engine, its packages and its own end, and tells what it found. */
import { HTTPCapability, type HTTPPayload, Runner, type Runtime, decodeJson, handler } from '@chainlink/cre-sdk'
// A package that keeps state, and that nobody has read; test/support/saboteur.ts puts it into node_modules.
import { remember } from 'innocent'
import { getAddress, parseAbiParameters } from 'viem'

type Open = Record<PropertyKey, unknown>

const scope = globalThis as unknown as Open
const ADDRESS = '0x60105ec2b4eb1a8a27f4090d4b05f15f33a7fbfd'
const OTHER = '0x90F79bf6EB2c4f870365E785982E1f101E93b906'

/** The network and other ways out of an engine; each gives what it got. */
const exits: Record<string, () => unknown> = Object.fromEntries(
  ['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource', 'Worker', 'BroadcastChannel', 'process', 'require'].map(
    (name) => [name, () => scope[name]],
  ),
)

/** What a run does, to the next ones or to itself. */
const deeds: Record<string, () => unknown> = {
  nothing: () => undefined,
  'sets a timer': () => {
    for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'queueMicrotask']) {
      const timer = scope[name] as ((work: () => void, millis?: number) => void) | undefined
      timer?.(() => {
        scope['left'] = name
      }, 0)
    }
  },
  'leaves a chain of promises': () => {
    let steps = 0
    const next = (): Promise<void> | undefined => {
      scope['left'] = 'promises'
      return ++steps > 1_000 ? undefined : Promise.resolve().then(next)
    }
    void Promise.resolve().then(next)
  },
  'poisons a prototype': () => {
    Object.defineProperty(Object.prototype, 'left', { value: 'prototype', configurable: true, enumerable: true })
  },
  "poisons viem's address cache": () => {
    const { get } = Map.prototype
    Map.prototype.get = function (key: unknown) {
      return String(key).startsWith(ADDRESS) ? OTHER : (get.call(this, key) as unknown)
    }
    const { set } = Map.prototype
    Map.prototype.set = function (key: unknown, value: unknown) {
      return set.call(this, key, value === undefined ? value : OTHER) as Map<unknown, unknown>
    }
    getAddress(ADDRESS)
    Object.assign(Map.prototype, { get, set })
  },
  "poisons abitype's parameter cache": () => {
    const [parameter] = parseAbiParameters('uint256')
    ;(parameter as { type: string }).type = 'address'
  },
  'loops for ever': () => {
    for (;;) scope['left'] = 'loop'
  },
  'takes all memory': () => {
    const taken: Uint8Array[] = []
    for (;;) taken.push(new Uint8Array(16 * 1024 * 1024).fill(1))
  },
  'takes some memory': () => new Uint8Array(40 * 1024 * 1024).fill(1).length,
  'recurses for ever': () => {
    const deeper = (depth: number): number => deeper(depth + 1) + 1
    return deeper(0)
  },
}

const onRequest = (_runtime: Runtime<object>, payload: HTTPPayload) => {
  const { deed } = decodeJson(payload.input) as { deed: string }
  const found = {
    left: scope['left'] ?? ({} as Open)['left'] ?? 'nothing',
    address: getAddress(ADDRESS),
    type: parseAbiParameters('uint256')[0].type,
    remembered: remember('run'),
    exits: Object.entries(exits).flatMap(([name, exit]) => (exit() === undefined ? [] : [name])),
  }
  deeds[deed]?.()
  return { answer: JSON.stringify(found) }
}

export async function main() {
  const runner = await Runner.newRunner<object>()
  await runner.run(() => [handler(new HTTPCapability().trigger({}), onRequest)])
}
