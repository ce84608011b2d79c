// Computes the fees of a transaction and of the one that replaces it.
import { type Rpc, RpcRefused, quantityOf } from './rpc'

/** What a transaction offers, in wei per gas. */
export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }

/** Nodes take a replacement only with this much more on both fees (geth's price bump is 10 %, others ask 12.5 %). */
const BUMP_PER_MILLE = 125n
/** After a node has refused less than this. */
const UNDERPRICED_BUMP_PER_MILLE = 300n
/** No replacement offers more than this many times what the chain asks for at that moment. */
const CAP_FACTOR = 10n

/** The tip where an endpoint does not name one: not every endpoint has the method. */
const USUAL_TIP_WEI = 1_000_000_000n

/** What the chain asks for now: twice the base fee, which it can reach in six full blocks, and the usual tip. */
export async function askFees(rpc: Rpc): Promise<Fees> {
  const [maxPriorityFeePerGas, block] = await Promise.all([askTip(rpc), rpc('eth_getBlockByNumber', ['latest', false])])
  const baseFee = quantityOf((block as { baseFeePerGas?: unknown } | null)?.baseFeePerGas ?? '0x0')
  return { maxFeePerGas: 2n * baseFee + maxPriorityFeePerGas, maxPriorityFeePerGas }
}

async function askTip(rpc: Rpc): Promise<bigint> {
  try {
    return quantityOf(await rpc('eth_maxPriorityFeePerGas', []))
  } catch (error) {
    if (error instanceof RpcRefused) return USUAL_TIP_WEI
    throw error
  }
}

/**
 * What replaces a transaction that offered `earlier`: at least an eighth more on both fees, and at least what the chain
 * asks for now; undefined when that is above the cap.
 */
export function replacementFees(params: { earlier: Fees; asked: Fees; underpriced: boolean }): Fees | undefined {
  const { earlier, asked } = params
  const bump = params.underpriced ? UNDERPRICED_BUMP_PER_MILLE : BUMP_PER_MILLE
  const raised = (fee: bigint): bigint => (fee * (1000n + bump) + 999n) / 1000n
  const fees = {
    maxFeePerGas: larger(raised(earlier.maxFeePerGas), asked.maxFeePerGas),
    maxPriorityFeePerGas: larger(raised(earlier.maxPriorityFeePerGas), asked.maxPriorityFeePerGas),
  }
  return fees.maxFeePerGas > CAP_FACTOR * asked.maxFeePerGas ? undefined : fees
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
