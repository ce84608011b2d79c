/** The present, for what is shown as an age. */
import { signal } from '@preact/signals'

export const now = signal(Date.now())

export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) now.value = Date.now()
  }, 1_000)
}
