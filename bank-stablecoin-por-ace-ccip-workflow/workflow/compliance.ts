// Asks the consumer and its ACE policies what they say to each order.
import type { Runtime } from '@chainlink/cre-sdk'
import { decodeFunctionResult, encodeFunctionData, parseAbi } from 'viem'
import { WorkflowFailure } from './base/errors'
import type { Basket } from './chain/basket'
import { type Chain, callContract } from './chain/chain'
import type { Config } from './config/config'
import type { Order } from './orders/request'
import type { Candidate } from './orders/result'
import { refusalOfVerdict } from './orders/verdict'

const consumerAbi = parseAbi([
  'struct Order { bytes32 bankRef; address account; uint256 amount; }',
  'struct Verdict { uint8 code; address policy; }',
  'function preview(Order[] orders) view returns (Verdict[])',
])

/** Asks the consumer, in one call, what it and its ACE policies say to each order (all rules but the reserve). */
export function checkCompliance(
  runtime: Runtime<Config>,
  params: { chain: Chain; basket: Basket; orders: Order[] },
): Candidate[] {
  const data = encodeFunctionData({ abi: consumerAbi, functionName: 'preview', args: [params.orders] })
  const answer = callContract(runtime, { chain: params.chain, to: params.basket.consumer, data })
  const verdicts = decodeFunctionResult({ abi: consumerAbi, functionName: 'preview', data: answer })
  if (verdicts.length !== params.orders.length) {
    throw new WorkflowFailure(`preview answered ${verdicts.length} verdicts for ${params.orders.length} orders`)
  }
  const seen = new Set<string>()
  return params.orders.map((order, index) => {
    const repeated = seen.has(order.bankRef)
    seen.add(order.bankRef)
    if (repeated) return { order, refusal: { code: 'DUPLICATE_REFERENCE', policy: '', reason: 'REFERENCE_USED' } }
    const verdict = verdicts[index]
    const refusal = verdict && refusalOfVerdict(verdict)
    return refusal === undefined ? { order } : { order, refusal }
  })
}
