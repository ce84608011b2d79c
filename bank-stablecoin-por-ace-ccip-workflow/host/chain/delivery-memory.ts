// Remembers what earlier deliveries have shown, so that less has to be asked for the next; it may be lost at any time.
import type { Address } from 'viem'

/** Longest wait before the first question for a receipt. */
const LONGEST_WAIT_MILLIS = 50

/** What the deliveries of a process have shown. */
export type DeliveryMemory = {
  /** The nonce after that of a key's last transaction, which was seen in a block; undefined when there was none. */
  nextNonce: (address: Address) => number | undefined
  /** A key's transaction was seen in a block; `millis` after it was sent, at the `questions`th question. */
  mined: (transaction: { address: Address; nonce: number; millis: number; questions: number }) => void
  /** For how long there is hardly a receipt, in milliseconds: most of what it took last, where blocks come at once. */
  waitMillis: () => number
}

/** A memory that knows nothing yet. */
export function createDeliveryMemory(): DeliveryMemory {
  const nonces = new Map<Address, number>()
  let wait = 0
  return {
    nextNonce: (address) => nonces.get(address),
    mined({ address, nonce, millis, questions }) {
      nonces.set(address, nonce + 1)
      // An answer to the first question may have waited to be asked for.
      wait = Math.min(questions === 1 ? (wait * 3) / 4 : millis, LONGEST_WAIT_MILLIS)
    },
    waitMillis: () => wait,
  }
}
