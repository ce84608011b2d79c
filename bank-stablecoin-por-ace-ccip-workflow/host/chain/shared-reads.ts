// Lets nodes with one endpoint share the answer to a question that they ask at the same moment.
import type { Rpc } from './rpc'

/** Questions that change nothing and have one answer for everybody. */
const READS = new Set([
  'eth_call',
  'eth_estimateGas',
  'eth_getBalance',
  'eth_getBlockByNumber',
  'eth_getLogs',
  'eth_getTransactionByHash',
  'eth_getTransactionReceipt',
])

/** After these another block may be the newest one. */
const MOVES = new Set(['eth_sendRawTransaction', 'eth_getTransactionReceipt'])

/** For how long the block that was the newest one still passes for it, in milliseconds. */
const NEWEST_MILLIS = 500

/** An endpoint whose answers are shared. */
export type SharedReads = {
  rpc: Rpc
  /** Nobody is told any more what was asked before: the next run asks for itself. */
  forget: () => void
}

/**
 * An endpoint that is asked once while equal questions are under way: each node would get its answer from the same machine.
 * Who asks for the newest block a moment after somebody else is told the same, unless something was sent or looked for in a
 * block meanwhile. A failure is not shared; whoever waited for another's answer then asks for himself.
 */
export function shareReads(rpc: Rpc): SharedReads {
  const asked = new Map<string, Promise<unknown>>()
  let newest: { key: string; answer: Promise<unknown>; until: number } | undefined
  const ask: Rpc = (method, args) => {
    if (MOVES.has(method)) newest = undefined
    if (!READS.has(method)) return rpc(method, args)
    const key = JSON.stringify([method, args])
    const isKept = newest?.key === key && performance.now() < newest.until
    const known = isKept ? newest?.answer : asked.get(key)
    if (known !== undefined) return known.catch(() => rpc(method, args))
    const answer = rpc(method, args).finally(() => asked.delete(key))
    asked.set(key, answer)
    if (method === 'eth_getBlockByNumber' && args[0] === 'latest') {
      newest = { key, answer, until: performance.now() + NEWEST_MILLIS }
    }
    return answer
  }
  return { rpc: ask, forget: () => (newest = undefined) }
}
