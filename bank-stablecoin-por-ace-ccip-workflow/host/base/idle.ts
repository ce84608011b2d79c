// Collects a thread's garbage when nothing has happened in it for a while.

/** How long nothing must have happened, in milliseconds. */
const IDLE_MILLIS = 5_000

// A guest's globals lose them once the workflow is evaluated.
const { setTimeout, clearTimeout } = globalThis
let timer: ReturnType<typeof setTimeout> | undefined

/** Starts the wait anew: the garbage of this thread is collected when this has not been called for a while. */
export function collectWhenIdle(): void {
  clearTimeout(timer)
  timer = setTimeout(() => Bun.gc(true), IDLE_MILLIS)
  timer.unref()
}
