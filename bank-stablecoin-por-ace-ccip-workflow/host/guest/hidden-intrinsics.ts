// Intrinsics that hang on syntax, not on a global.

const prototypesOf = (values: unknown[]): object[] => values.map((value) => Object.getPrototypeOf(value) as object)

/** Prototypes of functions that can be suspended; each has a constructor that makes code of text. */
export const FUNCTION_PROTOTYPES = prototypesOf([async () => {}, function* () {}, async function* () {}])

/** Prototypes of iterators, whose place nobody sees. */
export const ITERATOR_PROTOTYPES = prototypesOf([
  [][Symbol.iterator](),
  new Map()[Symbol.iterator](),
  new Set()[Symbol.iterator](),
  ''[Symbol.iterator](),
  'a'.matchAll(/a/g),
])
