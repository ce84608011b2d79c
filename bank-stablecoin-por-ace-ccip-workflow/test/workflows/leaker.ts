/** A workflow that tells which traces of an earlier run it finds, and leaves as many as it can. */
import {
  HTTPCapability,
  type HTTPPayload,
  Runner,
  type Runtime,
  consensusIdenticalAggregation,
  decodeJson,
  handler,
} from '@chainlink/cre-sdk'
import { keccak256 } from 'viem'
import { z } from 'zod'

type Open = Record<PropertyKey, unknown>

const scope = globalThis as unknown as Open
const asyncPrototype = Object.getPrototypeOf(async () => undefined) as Open
const iteratorPrototype = Object.getPrototypeOf([][Symbol.iterator]()) as Open
const functions = { parseInt: scope['parseInt'], log: scope['log'], stringify: JSON.stringify }
const hoarded: string[] = []
let runs = 0

/** Places where a run could leave something; each says whether something lies there, and leaves it. */
const traces: Record<string, { found: () => boolean; leave: (runtime: Open) => void }> = {
  'module variable': { found: () => runs > 0, leave: () => runs++ },
  'module object': { found: () => hoarded.length > 0, leave: () => hoarded.push('left') },
  'new global': { found: () => scope['left'] !== undefined, leave: () => (scope['left'] = 'left') },
  'replaced global': {
    found: () => Reflect.has(scope['parseInt'] as object, 'left'),
    leave: () => {
      scope['parseInt'] = Object.assign(() => 7, { left: true })
    },
  },
  'deleted global': { found: () => scope['escape'] === undefined, leave: () => delete scope['escape'] },
  'host function': {
    found: () => Reflect.has(scope['log'] as object, 'left'),
    leave: () => {
      scope['log'] = Object.assign((text: string) => (functions.log as (text: string) => void)(text), { left: true })
    },
  },
  ...onObject('Object.prototype', Object.prototype as unknown as Open),
  ...onObject('Array.prototype', Array.prototype as unknown as Open),
  ...onObject('Promise.prototype', Promise.prototype as unknown as Open),
  ...onObject('async functions', asyncPrototype),
  ...onObject('array iterators', iteratorPrototype),
  ...onObject('a built-in function', Array.prototype.map as unknown as Open),
  ...onObject('the SDK', HTTPCapability.prototype as unknown as Open),
  ...onObject('viem', keccak256 as unknown as Open),
  ...onObject('zod', z.ZodString.prototype as unknown as Open),
  'patched method': {
    found: () => ''.concat('a') !== 'a',
    leave: () => {
      String.prototype.concat = () => 'left'
    },
  },
  "zod's messages": {
    found: () => z.string().safeParse(1).error?.issues[0]?.message === 'left',
    leave: () => z.setErrorMap(() => ({ message: 'left' })),
  },
  "the SDK's runtime": {
    found: () => false,
    leave: (runtime) => {
      const prototype = Object.getPrototypeOf(runtime) as Open
      prototype['left'] = 'left'
    },
  },
  'last match': { found: () => (RegExp as unknown as Open)['$1'] === 'left', leave: () => /(left)/.exec('left') },
}

function onObject(name: string, object: Open): typeof traces {
  const key = 'left'
  const leave = () => Reflect.defineProperty(object, key, { value: 'left', configurable: true, writable: true })
  return { [name]: { found: () => Object.hasOwn(object, key), leave } }
}

/** What only a new Worker is rid of. */
const damages: Record<string, { found: () => boolean; leave: () => void }> = {
  frozen: { found: () => Object.isFrozen(Math), leave: () => Object.freeze(Math) },
  pinned: {
    found: () => Object.hasOwn(scope, 'pinned'),
    leave: () => Object.defineProperty(scope, 'pinned', { value: 'left', configurable: false }),
  },
}

const onVisit = (runtime: Runtime<object>, payload: HTTPPayload) => {
  const { damage, fail } = decodeJson(payload.input) as { damage?: boolean; fail?: boolean }
  const places = Object.entries({ ...traces, ...damages })
  const found = places.filter(([, place]) => place.found()).map(([name]) => name)
  if (Reflect.has(Object.getPrototypeOf(runtime) as object, 'left')) found.push("the SDK's runtime")
  const draws = [Math.random(), Math.random()]
  const inNode = runtime
    .runInNodeMode(() => 'seen', consensusIdenticalAggregation<string>())()
    .result()
  const answer = functions.stringify({ found, draws, inNode })
  for (const place of Object.values(traces)) place.leave(runtime as unknown as Open)
  if (fail === true) throw new Error('left in the middle')
  if (damage === true) for (const place of Object.values(damages)) place.leave()
  return { answer }
}

export async function main() {
  const runner = await Runner.newRunner<object>()
  await runner.run(() => [handler(new HTTPCapability().trigger({}), onVisit)])
}
