// Ends this process when that of the nodes has ended.
import type { ProcessEnd } from './nodes-process'

/** Ends as the nodes' process did, in the middle of a run: whoever waits learns as much as if it had been this one. */
export function endAs({ code, signal }: ProcessEnd): never {
  if (signal !== null) process.kill(process.pid, signal)
  process.exit(code === null || code === 0 ? 2 : code)
}
