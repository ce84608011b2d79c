// Looks for the receipt of a transaction, and polls until there is one.
import type { Hex } from 'viem'
import { z } from 'zod'
import { type Rpc, RpcUnavailable } from './rpc'

/** A mined transaction. */
export type MinedTransaction = {
  hash: Hex
  status: 'success' | 'reverted'
  logs: unknown
  gasUsed: bigint
  /** What a unit of gas cost, in wei. */
  gasPriceWei: bigint
}

const FIRST_POLL_MILLIS = 2
/** A block of the public chains takes 12 seconds, and each question costs. */
const LONGEST_POLL_MILLIS = 1_000

const quantity = z.string().regex(/^0x[0-9a-fA-F]+$/)
const receiptSchema = z.object({
  status: quantity,
  gasUsed: quantity,
  effectiveGasPrice: quantity,
  logs: z.unknown(),
})

/** The receipt of whichever of these transactions was mined; undefined when none is. */
export async function findReceipt(rpc: Rpc, hashes: Hex[]): Promise<MinedTransaction | undefined> {
  const answers = await Promise.all(hashes.map((hash) => rpc('eth_getTransactionReceipt', [hash])))
  for (const [index, hash] of hashes.entries()) {
    if (answers[index] === null) continue
    const parsed = receiptSchema.safeParse(answers[index])
    if (!parsed.success) throw new RpcUnavailable('NOT_JSON_RPC', 'eth_getTransactionReceipt')
    const receipt = parsed.data
    return {
      hash,
      status: BigInt(receipt.status) === 1n ? 'success' : 'reverted',
      logs: receipt.logs,
      gasUsed: BigInt(receipt.gasUsed),
      gasPriceWei: BigInt(receipt.effectiveGasPrice),
    }
  }
  return undefined
}

/**
 * Asks again and again, ever more rarely, until there is an answer, for the first time after `waitMillis`; undefined when
 * there is none by `deadline` (as performance.now()). Throws when `over` is aborted.
 */
export async function pollFor<Answer>(
  ask: () => Promise<Answer | undefined>,
  params: { deadline: number; over: AbortSignal; waitMillis?: number },
): Promise<Answer | undefined> {
  if (params.waitMillis) await Bun.sleep(params.waitMillis)
  for (let pause = FIRST_POLL_MILLIS; ; pause = Math.min(2 * pause, LONGEST_POLL_MILLIS)) {
    const answer = await ask()
    if (answer !== undefined) return answer
    params.over.throwIfAborted()
    const left = params.deadline - performance.now()
    if (left <= 0) return undefined
    await Bun.sleep(Math.min(pause, left))
  }
}
