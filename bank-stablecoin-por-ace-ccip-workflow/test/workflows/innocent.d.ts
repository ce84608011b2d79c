/** The package of test/sabotage.test.ts. */
declare module 'innocent' {
  /** How often it was called, by its own count, and what it found of an earlier run. */
  export function remember(word: string): { calls: number; found: string[] }
}
