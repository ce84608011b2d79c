// Takes away the globals that a DON does not have, and undoes what a run changed in the others.
import engineGlobals from './engine-globals.json'

/** What the SDK adds to the engine's globals. */
const GLOBALS_OF_THE_SDK = ['Buffer', 'URL', 'URLSearchParams', 'atob', 'btoa']
/** With shared memory a workflow could wake up in a later run. */
const WITHHELD = 'SharedArrayBuffer'
/** The only globals of a guest: what the plugin of a DON has (quickjs/globals.ts), and what the SDK brings along for it. */
const GLOBALS_OF_A_DON = new Set<PropertyKey>([...engineGlobals, ...GLOBALS_OF_THE_SDK])
GLOBALS_OF_A_DON.delete(WITHHELD)

/** Intrinsics that hang on syntax, not on a global. */
const HIDDEN = [
  function* () {},
  async () => {},
  async function* () {},
  [][Symbol.iterator](),
  new Map()[Symbol.iterator](),
  new Set()[Symbol.iterator](),
  ''[Symbol.iterator](),
  'a'.matchAll(/a/g),
].map((value) => Object.getPrototypeOf(value) as object)

// Taken before the workflow can replace them: what it patched must not take part in undoing it.
const { ownKeys, deleteProperty, defineProperty, getPrototypeOf, setPrototypeOf, isExtensible } = Reflect
const { is, getOwnPropertyDescriptor } = Object

/** An object as it was before the workflow was first evaluated. */
type Shape = {
  object: object
  keys: PropertyKey[]
  properties: PropertyDescriptor[]
  prototype: object | null
  extensible: boolean
}

/** The globals and intrinsics of a guest, and the packages it shares between runs. */
export type Realm = {
  /** Undoes whatever was changed; names what cannot be undone. */
  restore: () => string | undefined
}

/**
 * Takes away every global that a DON's engine does not have and remembers the rest, with everything that hangs on the
 * `watched` exports; what hangs on the `frozen` ones is too much to look at after each run, and methods are too many:
 * nobody has reason to change those. Shared memory goes too: with it a workflow could wake up in a later run.
 */
export function confineRealm(params: { watched: unknown[]; frozen: unknown[] }): Realm {
  const scope = globalThis as unknown as Record<PropertyKey, unknown>
  const kept = ownKeys(scope).filter((name) => GLOBALS_OF_A_DON.has(name))
  // Bun loads some of its own code at first touch, with the help of globals that are about to go.
  shapesFrom(kept.filter((name) => scope[name] !== scope).map((name) => scope[name]))
  for (const name of ownKeys(scope)) if (!GLOBALS_OF_A_DON.has(name)) deleteProperty(scope, name)
  // The one that cannot be deleted; the workflow's code does not see it either (see guest.ts).
  Object.preventExtensions(Bun)
  const own = shapesFrom([scope, ...HIDDEN])
  const data = shapesFrom(params.frozen, new Set(own.keys()))
  // Typed arrays cannot be frozen.
  for (const object of data.keys()) if (!ArrayBuffer.isView(object)) Object.freeze(object)
  const packages = shapesFrom(params.watched, new Set([...own.keys(), ...data.keys()]))
  const all = [...own.values(), ...packages.values()]
  for (const { object } of all) if (isMethod(object)) Object.freeze(object)
  const shapes = all.filter(({ object }) => !isMethod(object))
  return { restore: () => restore(shapes) }
}

/** All objects that can be reached from the roots, but for those that are `known`. */
function shapesFrom(roots: unknown[], known: ReadonlySet<object> = new Set()): Map<object, Shape> {
  const shapes = new Map<object, Shape>()
  const open = [...roots]
  while (open.length > 0) {
    const object = open.pop()
    if (!isObject(object) || shapes.has(object) || known.has(object) || object === Bun) continue
    const keys = ownKeys(object)
    const properties = keys.map((key) => getOwnPropertyDescriptor(object, key) ?? {})
    const prototype = getPrototypeOf(object)
    shapes.set(object, { object, keys, properties, prototype, extensible: isExtensible(object) })
    for (const { value, get, set } of properties) open.push(value, get, set)
    open.push(prototype)
  }
  return shapes
}

/** A function that is no constructor: only its name and length hang on it. */
function isMethod(object: object): boolean {
  return typeof object === 'function' && !Object.hasOwn(object, 'prototype')
}

function restore(shapes: Shape[]): string | undefined {
  for (let index = 0; index < shapes.length; index++) {
    const shape = shapes[index] as Shape
    if (isIntact(shape)) continue
    if (!repairShape(shape) || !isIntact(shape)) return nameOf(shape.object)
  }
  // Forgets the last match, which RegExp.$1 and its like show.
  ;/(?:)/.test('')
  return undefined
}

function isIntact({ object, keys, properties, prototype, extensible }: Shape): boolean {
  if (isExtensible(object) !== extensible || getPrototypeOf(object) !== prototype) return false
  if (ownKeys(object).length !== keys.length) return false
  for (let index = 0; index < keys.length; index++) {
    const found = getOwnPropertyDescriptor(object, keys[index] as PropertyKey)
    const wanted = properties[index] as PropertyDescriptor
    if (found === undefined || !is(found.value, wanted.value)) return false
    if (found.get !== wanted.get || found.set !== wanted.set || found.writable !== wanted.writable) return false
    if (found.enumerable !== wanted.enumerable || found.configurable !== wanted.configurable) return false
  }
  return true
}

function repairShape({ object, keys, properties, prototype }: Shape): boolean {
  const found = ownKeys(object)
  for (let index = 0; index < found.length; index++) {
    const key = found[index] as PropertyKey
    if (!contains(keys, key) && !deleteProperty(object, key)) return false
  }
  for (let index = 0; index < keys.length; index++) {
    if (!defineProperty(object, keys[index] as PropertyKey, properties[index] ?? {})) return false
  }
  return setPrototypeOf(object, prototype)
}

function contains(keys: PropertyKey[], key: PropertyKey): boolean {
  for (let index = 0; index < keys.length; index++) if (keys[index] === key) return true
  return false
}

function nameOf(object: object): string {
  const owner: unknown = getOwnPropertyDescriptor(object, 'constructor')?.value ?? object
  const name: unknown = isObject(owner) ? getOwnPropertyDescriptor(owner, 'name')?.value : undefined
  return object === globalThis ? 'the globals' : typeof name === 'string' ? name : 'an intrinsic object'
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
