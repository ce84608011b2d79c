// Gives the packages that outlive a run collections of their own, which can be put back to what they held before it.

// Taken before a workflow can replace them, and called without a look at any prototype.
const { apply } = Reflect
const { freeze } = Object
const NativeMap = Map
const NativeSet = Set
const NativeWeakMap = WeakMap
const method = <Self, Args extends unknown[], Result>(work: (this: Self, ...args: Args) => Result) =>
  Function.prototype.call.bind(work) as (self: Self, ...args: Args) => Result
const { get: mapSize } = Object.getOwnPropertyDescriptor(Map.prototype, 'size') as { get: () => number }
const { get: setSize } = Object.getOwnPropertyDescriptor(Set.prototype, 'size') as { get: () => number }
const ordinaryHasInstance = method(Function.prototype[Symbol.hasInstance])
const map = {
  get: method(Map.prototype.get),
  set: method(Map.prototype.set),
  has: method(Map.prototype.has),
  delete: method(Map.prototype.delete),
  clear: method(Map.prototype.clear),
  forEach: method(Map.prototype.forEach),
  keys: method(Map.prototype.keys),
  values: method(Map.prototype.values),
  entries: method(Map.prototype.entries),
  size: method(mapSize),
}
const set = {
  add: method(Set.prototype.add),
  has: method(Set.prototype.has),
  delete: method(Set.prototype.delete),
  clear: method(Set.prototype.clear),
  forEach: method(Set.prototype.forEach),
  values: method(Set.prototype.values),
  entries: method(Set.prototype.entries),
  size: method(setSize),
}
const weak = {
  get: method(WeakMap.prototype.get),
  set: method(WeakMap.prototype.set),
  has: method(WeakMap.prototype.has),
  delete: method(WeakMap.prototype.delete),
}

/** The collections of the shared packages. */
export type Collections = {
  Map: MapConstructor
  Set: SetConstructor
  WeakMap: WeakMapConstructor
  /** Holds on to what they contain now: everything in them, for whoever restores objects. */
  seal: () => unknown[]
  /** Puts back those that were written to. */
  restore: () => void
}

/** A collection that was made before the seal, and how it is put back. */
type Kept = { restore: () => void; written: boolean }

/**
 * Classes in the place of `Map`, `Set` and `WeakMap`. What they hold lies in a private collection: the methods of the
 * native prototypes, called on one of them, reach nothing.
 */
export function createCollections(): Collections {
  const kept: Kept[] = []
  const made: { seal: () => { contents: unknown[]; kept: Kept } }[] = []
  let sealed = false
  const adopt = (seal: () => { contents: unknown[]; kept: Kept }): void => {
    if (!sealed) made.push({ seal })
  }
  class KeptMap extends NativeMap<unknown, unknown> {
    #inner = new NativeMap<unknown, unknown>()
    #kept: Kept | undefined
    constructor(entries?: Iterable<readonly [unknown, unknown]> | null) {
      super()
      for (const [key, value] of entries ?? []) this.set(key, value)
      adopt(() => {
        const contents = [...map.entries(this.#inner)] as [unknown, unknown][]
        this.#kept = {
          written: false,
          restore: () => {
            map.clear(this.#inner)
            for (let index = 0; index < contents.length; index++) {
              const entry = contents[index] as [unknown, unknown]
              map.set(this.#inner, entry[0], entry[1])
            }
          },
        }
        freeze(this)
        return { contents: contents.flat(), kept: this.#kept }
      })
    }
    #write(): void {
      if (this.#kept !== undefined) this.#kept.written = true
    }
    override get size(): number {
      return map.size(this.#inner as never)
    }
    override get(key: unknown): unknown {
      return map.get(this.#inner, key)
    }
    override has(key: unknown): boolean {
      return map.has(this.#inner, key)
    }
    override set(key: unknown, value: unknown): this {
      this.#write()
      map.set(this.#inner, key, value)
      return this
    }
    override delete(key: unknown): boolean {
      this.#write()
      return map.delete(this.#inner, key)
    }
    override clear(): void {
      this.#write()
      map.clear(this.#inner)
    }
    override forEach(work: (value: unknown, key: unknown, owner: Map<unknown, unknown>) => void, self?: unknown): void {
      map.forEach(this.#inner, (value, key) => apply(work, self, [value, key, this]))
    }
    override keys() {
      return map.keys(this.#inner) as MapIterator<unknown>
    }
    override values() {
      return map.values(this.#inner) as MapIterator<unknown>
    }
    override entries() {
      return map.entries(this.#inner) as MapIterator<[unknown, unknown]>
    }
    override [Symbol.iterator]() {
      return map.entries(this.#inner) as MapIterator<[unknown, unknown]>
    }
  }

  class KeptSet extends NativeSet<unknown> {
    #inner = new NativeSet<unknown>()
    #kept: Kept | undefined
    constructor(values?: Iterable<unknown> | null) {
      super()
      for (const value of values ?? []) this.add(value)
      adopt(() => {
        const contents = [...set.values(this.#inner)]
        this.#kept = {
          written: false,
          restore: () => {
            set.clear(this.#inner)
            for (let index = 0; index < contents.length; index++) set.add(this.#inner, contents[index])
          },
        }
        freeze(this)
        return { contents, kept: this.#kept }
      })
    }
    #write(): void {
      if (this.#kept !== undefined) this.#kept.written = true
    }
    override get size(): number {
      return set.size(this.#inner as never)
    }
    override has(value: unknown): boolean {
      return set.has(this.#inner, value)
    }
    override add(value: unknown): this {
      this.#write()
      set.add(this.#inner, value)
      return this
    }
    override delete(value: unknown): boolean {
      this.#write()
      return set.delete(this.#inner, value)
    }
    override clear(): void {
      this.#write()
      set.clear(this.#inner)
    }
    override forEach(work: (value: unknown, again: unknown, owner: Set<unknown>) => void, self?: unknown): void {
      set.forEach(this.#inner, (value) => apply(work, self, [value, value, this]))
    }
    override keys() {
      return set.values(this.#inner) as SetIterator<unknown>
    }
    override values() {
      return set.values(this.#inner) as SetIterator<unknown>
    }
    override entries() {
      return set.entries(this.#inner) as SetIterator<[unknown, unknown]>
    }
    override [Symbol.iterator]() {
      return set.values(this.#inner) as SetIterator<unknown>
    }
  }

  class KeptWeakMap extends NativeWeakMap<WeakKey, unknown> {
    #inner = new NativeWeakMap<WeakKey, unknown>()
    #kept: Kept | undefined
    /** What was put in before the seal; those keys live as long as the packages. */
    #early = new NativeMap<WeakKey, unknown>()
    constructor(entries?: Iterable<readonly [WeakKey, unknown]> | null) {
      super()
      for (const [key, value] of entries ?? []) this.set(key, value)
      adopt(() => {
        const contents = [...map.entries(this.#early as never)] as [WeakKey, unknown][]
        this.#kept = {
          written: false,
          restore: () => {
            this.#inner = new NativeWeakMap()
            for (let index = 0; index < contents.length; index++) {
              const entry = contents[index] as [WeakKey, unknown]
              weak.set(this.#inner, entry[0], entry[1])
            }
          },
        }
        freeze(this)
        return { contents: contents.flat(), kept: this.#kept }
      })
    }
    #write(): void {
      if (this.#kept !== undefined) this.#kept.written = true
    }
    override get(key: WeakKey): unknown {
      return weak.get(this.#inner, key)
    }
    override has(key: WeakKey): boolean {
      return weak.has(this.#inner, key)
    }
    override set(key: WeakKey, value: unknown): this {
      this.#write()
      if (!sealed) map.set(this.#early as never, key, value)
      weak.set(this.#inner, key, value)
      return this
    }
    override delete(key: WeakKey): boolean {
      this.#write()
      if (!sealed) map.delete(this.#early as never, key)
      return weak.delete(this.#inner, key)
    }
  }

  const classes = [
    [KeptMap, NativeMap],
    [KeptSet, NativeSet],
    [KeptWeakMap, NativeWeakMap],
  ] as const
  for (const [ours, native] of classes) {
    // A native collection, such as the workflow's own, is an instance too; of a class that extends ours it is none.
    const hasInstance = function (this: unknown, value: unknown): boolean {
      return ordinaryHasInstance((this === ours ? native : this) as never, value)
    }
    Object.defineProperty(ours, Symbol.hasInstance, { value: hasInstance })
  }
  return {
    Map: KeptMap as unknown as MapConstructor,
    Set: KeptSet as unknown as SetConstructor,
    WeakMap: KeptWeakMap as unknown as WeakMapConstructor,
    seal() {
      for (const [ours] of classes) {
        freeze(ours.prototype)
        freeze(ours)
      }
      const contents = made.flatMap(({ seal }) => {
        const one = seal()
        kept.push(one.kept)
        return one.contents
      })
      made.length = 0
      sealed = true
      return contents
    },
    restore() {
      for (let index = 0; index < kept.length; index++) {
        const one = kept[index] as Kept
        if (!one.written) continue
        one.restore()
        one.written = false
      }
    },
  }
}
