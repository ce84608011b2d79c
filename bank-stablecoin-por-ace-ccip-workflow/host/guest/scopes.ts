// Collects what a program's functions keep in variables while it is evaluated, and puts it back after each run.
import { types } from 'node:util'
import { FUNCTION_PROTOTYPES, ITERATOR_PROTOTYPES } from './hidden-intrinsics'

const { is, getOwnPropertyDescriptor, defineProperty } = Object
const { apply, getPrototypeOf } = Reflect

/** A variable that outlives the call that made it; one that is assigned to can be put back. */
type Pair = [get: () => unknown, set?: (value: unknown) => void]

/** What a program that was evaluated keeps out of sight. */
export type Scopes = {
  /** What the program calls in each of its scopes (see inventory.ts); without variables, it runs what can be suspended. */
  keep: (pairs?: Pair[]) => void
  /** Makes proxies that are known: what is behind them is looked after in their place. */
  Proxy: ProxyConstructor
  /** Holds on to what the variables are now; gives all that is in them and its proxies, or says what nobody can tell. */
  seal: () => { roots: unknown[]; opaque: object[]; bound: object[] } | { obstacle: string }
  /** Puts the variables back. */
  restore: () => void
}

/** Where code is made of text, by name; what reads one of them while it is evaluated may have made some. */
const MAKERS = ['eval', 'Function']

/** What `bind` hides: the function, its `this` and its arguments; noted while there is somebody who wants to know. */
let hidden: { roots: unknown[]; bound: object[] } | undefined
/** Whether code may have been made of text since this was last set. */
let makesCode = false

/** Has `bind` and the constructors of functions tell when they are used; before the realm is closed. */
export function watchFunctions(): void {
  const { bind } = Function.prototype
  const noted = function bindNoted(this: unknown, ...values: unknown[]): unknown {
    const bound = apply(bind as never, this, values) as object
    if (hidden === undefined) return bound
    hidden.roots[hidden.roots.length] = this
    for (let index = 0; index < values.length; index++) hidden.roots[hidden.roots.length] = values[index]
    hidden.bound[hidden.bound.length] = bound
    return bound
  }
  defineProperty(noted, 'name', { value: 'bind' })
  defineProperty(noted, 'length', { value: 1 })
  defineProperty(Function.prototype, 'bind', { ...getOwnPropertyDescriptor(Function.prototype, 'bind'), value: noted })
  for (const prototype of [Function.prototype, ...FUNCTION_PROTOTYPES]) noteReads(prototype, 'constructor')
}

/** Turns a property into an accessor that behaves as it did, for whoever inherits it too. */
function noteReads(object: object, name: string): () => void {
  const before = getOwnPropertyDescriptor(object, name)
  if (before === undefined) return () => undefined
  const { enumerable = false } = before
  let { value } = before as { value: unknown }
  defineProperty(object, name, {
    configurable: true,
    enumerable,
    get() {
      makesCode = true
      return value
    },
    set(this: object, next: unknown) {
      if (this === object) value = next
      else defineProperty(this, name, { value: next, writable: true, enumerable: true, configurable: true })
    },
  })
  return () => void defineProperty(object, name, before)
}

/** Collects the scopes of the program that is about to be evaluated. */
export function collectScopes(): Scopes {
  const pairs: Pair[] = []
  const proxies: object[] = []
  let sealed = false
  const variables: { get: () => unknown; set: (value: unknown) => void; value: unknown }[] = []
  let suspends = false
  const inside = { roots: [] as unknown[], bound: [] as object[] }
  hidden = inside
  makesCode = false
  const putBack = MAKERS.map((name) => noteReads(globalThis, name))
  const construct = (native: ProxyConstructor, [target, handler]: [object, ProxyHandler<object>]): object => {
    const proxy = new native(target, handler)
    if (sealed) return proxy
    proxies[proxies.length] = proxy
    inside.roots[inside.roots.length] = target
    inside.roots[inside.roots.length] = handler
    return proxy
  }
  return {
    Proxy: new Proxy(Proxy, { construct: construct as never }),
    keep(found) {
      if (found === undefined) suspends = true
      else for (let index = 0; index < found.length; index++) pairs[pairs.length] = found[index] as Pair
    },
    seal() {
      const { roots, bound } = inside
      hidden = undefined
      sealed = true
      for (let index = 0; index < putBack.length; index++) putBack[index]?.()
      if (suspends) return { obstacle: 'it runs what can be suspended' }
      if (makesCode) return { obstacle: 'it runs code that is made of text' }
      for (let index = 0; index < pairs.length; index++) {
        const pair = pairs[index] as Pair
        const get = pair[0]
        const set = pair[1]
        try {
          const value = get()
          roots[roots.length] = value
          if (set !== undefined) variables[variables.length] = { get, set, value }
        } catch {
          // Its declaration was never reached: nobody has it.
        }
      }
      pairs.length = 0
      return { roots, opaque: proxies, bound }
    },
    restore() {
      for (let index = 0; index < variables.length; index++) {
        const { get, set, value } = variables[index] as (typeof variables)[number]
        if (!is(get(), value)) set(value)
      }
    },
  }
}

/** Whether an object has state that is none of its properties; `owns` knows collections that can be put back. */
export function hasHiddenState(object: object, owns: (value: object) => boolean): boolean {
  if (types.isMap(object) || types.isSet(object) || types.isWeakMap(object)) return !owns(object)
  for (let at: object | null = object; at !== null; at = getPrototypeOf(at))
    if (ITERATOR_PROTOTYPES.includes(at)) return true
  return (
    types.isProxy(object) ||
    types.isDate(object) ||
    types.isPromise(object) ||
    types.isGeneratorObject(object) ||
    types.isAnyArrayBuffer(object) ||
    types.isDataView(object) ||
    types.isWeakSet(object) ||
    types.isExternal(object)
  )
}
