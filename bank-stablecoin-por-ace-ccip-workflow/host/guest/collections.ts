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

/** The collections of what outlives a run. */
export type Collections = {
  Map: MapConstructor
  Set: SetConstructor
  WeakMap: WeakMapConstructor
  /** The three classes, as objects that can be changed. */
  classes: object[]
  /**
   * Holds on to what they contain now: everything that is new in them, for whoever restores objects. May be called again when more of them
   * were made.
   */
  seal: () => unknown[]
  /** Those that are made from now on are gone with their run. */
  close: () => void
  /** Puts back those that were written to; forgets those that were never sealed. */
  restore: () => void
  /** Whether a value is one of them. */
  owns: (value: object) => boolean
}

/** A collection that outlives a run. */
type Kept = {
  /** Holds on to what it contains, and tells it. */
  take: () => unknown[]
  /** Puts back what was held on to. */
  restore: () => void
  /** Since it was taken or put back; at first since it was made. */
  written: boolean
}

/**
 * Classes in the place of `Map`, `Set` and `WeakMap`. What they hold lies in a private collection: the methods of the
 * native prototypes, called on one of them, reach nothing.
 */
export function createCollections(): Collections {
  const kept: Kept[] = []
  /** Tells one's own collections, of each class. */
  const marks: ((value: object) => boolean)[] = []
  let sealed = 0
  let closed = false
  const keep = (take: Kept['take'], restore: Kept['restore']): Kept => {
    const one = { take, restore, written: true }
    kept[kept.length] = one
    return one
  }
  class KeptMap extends NativeMap<unknown, unknown> {
    static {
      marks.push((value) => #inner in value)
    }
    #inner = new NativeMap<unknown, unknown>()
    #kept: Kept | undefined
    constructor(entries?: Iterable<readonly [unknown, unknown]> | null) {
      super()
      for (const [key, value] of entries ?? []) this.set(key, value)
      if (closed) return
      let contents: [unknown, unknown][] = []
      const take = (): unknown[] => {
        contents = [...map.entries(this.#inner)] as [unknown, unknown][]
        freeze(this)
        return contents.flat()
      }
      this.#kept = keep(take, () => {
        map.clear(this.#inner)
        for (let index = 0; index < contents.length; index++) {
          const entry = contents[index] as [unknown, unknown]
          map.set(this.#inner, entry[0], entry[1])
        }
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
    static {
      marks.push((value) => #inner in value)
    }
    #inner = new NativeSet<unknown>()
    #kept: Kept | undefined
    constructor(values?: Iterable<unknown> | null) {
      super()
      for (const value of values ?? []) this.add(value)
      if (closed) return
      let contents: unknown[] = []
      const take = (): unknown[] => {
        contents = [...set.values(this.#inner)]
        freeze(this)
        return contents
      }
      this.#kept = keep(take, () => {
        set.clear(this.#inner)
        for (let index = 0; index < contents.length; index++) set.add(this.#inner, contents[index])
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
    static {
      marks.push((value) => #inner in value)
    }
    #inner = new NativeWeakMap<WeakKey, unknown>()
    #kept: Kept | undefined
    /** What was put in before the end of the evaluation; those keys live as long as the packages. */
    #early = new NativeMap<WeakKey, unknown>()
    constructor(entries?: Iterable<readonly [WeakKey, unknown]> | null) {
      super()
      for (const [key, value] of entries ?? []) this.set(key, value)
      if (closed) return
      let contents: [WeakKey, unknown][] = []
      const take = (): unknown[] => {
        contents = [...map.entries(this.#early as never)] as [WeakKey, unknown][]
        freeze(this)
        return contents.flat()
      }
      this.#kept = keep(take, () => {
        this.#inner = new NativeWeakMap()
        for (let index = 0; index < contents.length; index++) {
          const entry = contents[index] as [WeakKey, unknown]
          weak.set(this.#inner, entry[0], entry[1])
        }
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
      if (!closed) map.set(this.#early as never, key, value)
      weak.set(this.#inner, key, value)
      return this
    }
    override delete(key: WeakKey): boolean {
      this.#write()
      if (!closed) map.delete(this.#early as never, key)
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
    classes: classes.map(([ours]) => ours),
    seal() {
      const contents = kept.flatMap((one) => {
        if (!one.written) return []
        one.written = false
        return one.take()
      })
      sealed = kept.length
      return contents
    },
    close() {
      closed = true
    },
    restore() {
      kept.length = sealed
      for (let index = 0; index < kept.length; index++) {
        const one = kept[index] as Kept
        if (!one.written) continue
        one.restore()
        one.written = false
      }
    },
    owns: (value) => marks.some((isOne) => isOne(value)),
  }
}
