import { setDefaultTimeout } from 'bun:test'

/** For one test: a run takes a third of a second, and much longer on a machine that compiles beside it. */
export const TEST_MILLIS = 120_000

// Bun forgets this after the first file of a run: `bun run test` says it for all of them, and stages say it again.
setDefaultTimeout(TEST_MILLIS)
