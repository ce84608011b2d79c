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

/**
 * An endpoint that is asked once while equal questions are under way: each node would get its answer from the same machine.
 * A failure is not shared; whoever waited for another's answer then asks for himself.
 */
export function shareReads(rpc: Rpc): Rpc {
  const asked = new Map<string, Promise<unknown>>()
  return (method, args) => {
    if (!READS.has(method)) return rpc(method, args)
    const key = JSON.stringify([method, args])
    const known = asked.get(key)
    if (known !== undefined) return known.catch(() => rpc(method, args))
    const answer = rpc(method, args).finally(() => asked.delete(key))
    asked.set(key, answer)
    return answer
  }
}
