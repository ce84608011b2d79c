/** How long nothing must have happened, in milliseconds. */
const IDLE_MILLIS = 5_000

// A guest's globals lose them once the workflow is evaluated.
const { setTimeout, clearTimeout } = globalThis
let timer: ReturnType<typeof setTimeout> | undefined

/** Something happens in this thread: its garbage is collected when nothing has for a while, and nobody waits. */
export function collectWhenIdle(): void {
  clearTimeout(timer)
  timer = setTimeout(() => Bun.gc(true), IDLE_MILLIS)
  timer.unref()
}
