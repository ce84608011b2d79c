// Takes away the globals that a DON does not have, and undoes what a run changed in the others.
import engineGlobals from './engine-globals.json'
import { FUNCTION_PROTOTYPES, ITERATOR_PROTOTYPES } from './hidden-intrinsics'

/** What the SDK adds to the engine's globals. */
const GLOBALS_OF_THE_SDK = ['Buffer', 'URL', 'URLSearchParams', 'atob', 'btoa']
/** With shared memory a workflow could wake up in a later run. */
const WITHHELD = 'SharedArrayBuffer'
/** The only globals of a guest: what the plugin of a DON has (quickjs/globals.ts), and what the SDK brings along for it. */
const GLOBALS_OF_A_DON = new Set<PropertyKey>([...engineGlobals, ...GLOBALS_OF_THE_SDK])
GLOBALS_OF_A_DON.delete(WITHHELD)

// Taken before the workflow can replace them: what it patched must not take part in undoing it.
const { ownKeys, deleteProperty, defineProperty, getPrototypeOf, setPrototypeOf, isExtensible } = Reflect
const { is, isFrozen, getOwnPropertyDescriptor, preventExtensions } = Object
const { isView } = ArrayBuffer

/** An object as it was before the workflow was first evaluated, or once it was where it is evaluated for all runs. */
type Shape = {
  object: object
  keys: PropertyKey[]
  properties: PropertyDescriptor[]
  prototype: object | null
  extensible: boolean
  /** Of a typed array, which has no other property: what it contains. */
  elements: unknown[] | undefined
  /** No property can be taken away any more, or become another kind: `keys` and `values` are those that can be assigned to. */
  locked: { count: number; keys: PropertyKey[]; values: unknown[] } | undefined
}

/** The globals and intrinsics of a guest, and what it keeps from run to run. */
export type Realm = {
  /** Undoes whatever was changed; names what cannot be undone. */
  restore: () => string | undefined
  /** Names an intrinsic object that has changed. */
  harmed: () => string | undefined
  /**
   * Looks from now on after all that the roots lead to, too, and after what globals and packages have become; names what
   * nobody can look after. `isState` tells objects whose state is none of their properties; into `opaque` ones nobody looks, and
   * `bound` functions are frozen. Only before `settle`.
   */
  include: (params: {
    roots: unknown[]
    opaque: object[]
    bound: object[]
    isState: (object: object) => boolean
  }) => string | undefined
  /** Forgets what need not be looked after. */
  settle: () => void
}

/**
 * Takes away every global that a DON's engine does not have and remembers the rest and further `intrinsics`, with everything
 * that hangs on the `watched` exports; what hangs on the `frozen` ones is too much to look at after each run, and methods are
 * too many: nobody has reason to change those. Shared memory goes too: with it a workflow could wake up in a later run.
 */
export function confineRealm(params: { intrinsics: object[]; watched: unknown[]; frozen: unknown[] }): Realm {
  const scope = globalThis as unknown as Record<PropertyKey, unknown>
  const kept = ownKeys(scope).filter((name) => GLOBALS_OF_A_DON.has(name))
  // Bun loads some of its own code at first touch, with the help of globals that are about to go.
  shapesFrom(kept.filter((name) => scope[name] !== scope).map((name) => scope[name]))
  for (const name of ownKeys(scope)) if (!GLOBALS_OF_A_DON.has(name)) deleteProperty(scope, name)
  // The one that cannot be deleted; the workflow's code does not see it either (see guest.ts).
  Object.preventExtensions(Bun)
  const own = shapesFrom([scope, ...FUNCTION_PROTOTYPES, ...ITERATOR_PROTOTYPES, ...params.intrinsics])
  const data = shapesFrom(params.frozen, new Set(own.keys()))
  // Typed arrays cannot be frozen.
  for (const object of data.keys()) if (!isView(object)) Object.freeze(object)
  const packages = shapesFrom(params.watched, new Set([...own.keys(), ...data.keys()]))
  for (const object of [...own.keys(), ...packages.keys()]) if (isMethod(object)) Object.freeze(object)
  const intrinsics = changeable(own)
  const shared = changeable(packages)
  for (const shape of shared) lock(shape)
  return watchShapes({ intrinsics, shared, known: [...own.keys(), ...data.keys(), ...packages.keys()] })
}

/** The realm of these shapes; `known` are all objects that were found so far, in vast numbers. */
function watchShapes(params: { intrinsics: Shape[]; shared: Shape[]; known: object[] }): Realm {
  let { intrinsics, known } = params
  let shapes = [...intrinsics, ...params.shared]
  return {
    restore: () => restore(shapes),
    harmed() {
      for (let index = 0; index < intrinsics.length; index++) {
        const shape = intrinsics[index] as Shape
        if (shape.object !== globalThis && !isIntact(shape)) return nameOf(shape.object)
      }
      return undefined
    },
    include({ roots, opaque, bound, isState }) {
      for (const object of bound) Object.freeze(object)
      const changed = shapes.filter((shape) => !isUntouched(shape)).map(({ object }) => object)
      const others = known.filter((object) => !changed.includes(object))
      const included = shapesFrom([...changed, ...roots], new Set([...others, ...opaque]))
      for (const { object, prototype } of included.values()) if (isState(object)) return nameOf(prototype ?? object)
      const added = changeable(included)
      for (const shape of added) if (shape.object !== globalThis && !isPlain(shape)) lock(shape)
      shapes = [...shapes.filter(({ object }) => !changed.includes(object)), ...added]
      return undefined
    },
    settle() {
      known = []
      intrinsics = []
    },
  }
}

/** Those of objects that can still change. */
function changeable(shapes: Map<object, Shape>): Shape[] {
  return [...shapes.values()].filter(({ object }) => !isFrozen(object))
}

/** All objects that can be reached from the roots, but for those that are `known`. */
function shapesFrom(roots: unknown[], known: ReadonlySet<object> = new Set()): Map<object, Shape> {
  const shapes = new Map<object, Shape>()
  const open = [...roots]
  while (open.length > 0) {
    const object = open.pop()
    if (!isObject(object) || shapes.has(object) || known.has(object) || object === Bun) continue
    const shape = shapeOf(object)
    shapes.set(object, shape)
    for (const { value, get, set } of shape.properties) open.push(value, get, set)
    open.push(shape.prototype)
  }
  return shapes
}

function shapeOf(object: object): Shape {
  const elements = isTyped(object) ? [...object] : undefined
  // The elements of a typed array look like properties; it gets no others.
  if (elements !== undefined) preventExtensions(object)
  const keys = elements === undefined ? ownKeys(object) : []
  const properties = keys.map((key) => getOwnPropertyDescriptor(object, key) ?? {})
  const prototype = getPrototypeOf(object)
  return { object, keys, properties, prototype, extensible: isExtensible(object), elements, locked: undefined }
}

/** Makes an object's properties last, so that a look at their values and number is enough. */
function lock(shape: Shape): void {
  const { object, keys, properties, elements } = shape
  // What takes no properties is no ordinary object, such as a module.
  if (elements !== undefined || !shape.extensible) return
  const locked = { count: keys.length, keys: [] as PropertyKey[], values: [] as unknown[] }
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as PropertyKey
    const property = properties[index] as PropertyDescriptor
    if (property.configurable === true && !defineProperty(object, key, { configurable: false })) return
    if (property.writable !== true) continue
    locked.keys.push(key)
    locked.values.push(property.value)
  }
  shape.properties = []
  shape.locked = locked
}

/** Whether it is plain data, which a program may add to and take from, and not what the instances of a function inherit. */
function isPlain({ object, keys, prototype }: Shape): boolean {
  if (keys[0] === 'constructor') return false
  return Array.isArray(object) || prototype === null || prototype === Object.prototype
}

/** A typed array without properties of its own. */
function isTyped(object: object): object is Uint8Array {
  return isView(object) && !(object instanceof DataView) && ownKeys(object).length === (object as Uint8Array).length
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

function isIntact({ object, keys, properties, prototype, extensible, elements, locked }: Shape): boolean {
  if (isExtensible(object) !== extensible || getPrototypeOf(object) !== prototype) return false
  if (elements !== undefined) return hasElements(object as Uint8Array, elements)
  if (locked !== undefined) return ownKeys(object).length === locked.count && areAssigned(object, locked)
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

function hasElements(array: Uint8Array, elements: unknown[]): boolean {
  if (array.length !== elements.length) return false
  for (let index = 0; index < elements.length; index++) if (!is(array[index], elements[index])) return false
  return true
}

/** As `isIntact`, but of what may keep what it has become. */
function isUntouched(shape: Shape): boolean {
  const { object, locked } = shape
  if (locked === undefined) return isIntact(shape)
  const current = object as Record<PropertyKey, unknown>
  return (
    getPrototypeOf(object) === shape.prototype &&
    isExtensible(object) === shape.extensible &&
    ownKeys(object).length === locked.count &&
    locked.keys.every((key, index) => is(current[key], locked.values[index]))
  )
}

/** Assigns the values, which tells whether they still can be; nothing that was locked has a setter. */
function areAssigned(object: object, { keys, values }: { keys: PropertyKey[]; values: unknown[] }): boolean {
  try {
    for (let index = 0; index < keys.length; index++)
      (object as Record<PropertyKey, unknown>)[keys[index] as PropertyKey] = values[index]
    return true
  } catch {
    return false
  }
}

function repairShape({ object, keys, properties, prototype, elements, locked }: Shape): boolean {
  if (elements !== undefined) {
    for (let index = 0; index < elements.length; index++) (object as Uint8Array)[index] = elements[index] as number
    return getPrototypeOf(object) === prototype
  }
  const found = ownKeys(object)
  for (let index = 0; index < found.length; index++) {
    const key = found[index] as PropertyKey
    if (!contains(keys, key) && !deleteProperty(object, key)) return false
  }
  for (let index = 0; index < keys.length; index++) {
    if (locked !== undefined) break
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
