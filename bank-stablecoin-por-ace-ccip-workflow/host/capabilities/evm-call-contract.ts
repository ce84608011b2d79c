// Calls a contract on every node, for the EVM capability.
import { create } from '@bufbuild/protobuf'
import { EVM_PB } from '@chainlink/cre-sdk/pb'
import { type Hex, hexToBytes, toHex } from 'viem'
import { CapabilityError } from '../base/errors'
import { RpcRefused, RpcUnavailable } from '../chain/rpc'
import { agreeOn } from '../don/agree'
import { payloadOf, reply } from './call'
import { agreeOnHeight, requestedBlock } from './evm-block'
import type { EvmMethod } from './evm-context'

const REVERTED = 'reverted:'
const BYTES = /^0x(?:[0-9a-f]{2})*$/i

/**
 * `eth_call` by every node at one height; f+1 must give the same answer, or revert with the same data. An endpoint that
 * refuses without revert data (it lacks the block, say) knows nothing about the call, whatever its words are.
 */
export const callContract: EvmMethod = async (context, call) => {
  const { call: message, blockNumber } = payloadOf(call, EVM_PB.CallContractRequestSchema)
  if (message === undefined || message.to.length !== 20) {
    throw new CapabilityError('InvalidArgument', 'CallContract needs the address of a contract')
  }
  call.quota.fit('evmReadBytes', message.data.length)
  const block = requestedBlock(blockNumber)
  const transaction = {
    to: toHex(message.to),
    data: toHex(message.data),
    ...(message.from.length === 20 ? { from: toHex(message.from) } : {}),
  }
  const height = await agreeOnHeight(context, block)
  const answer = await agreeOn({
    don: context.don,
    what: `eth_call to ${transaction.to} at block ${BigInt(height)}`,
    ask: async ({ ports }) => {
      try {
        const data = await ports.rpc('eth_call', [transaction, height])
        if (typeof data === 'string' && BYTES.test(data)) return data.toLowerCase()
        throw new RpcUnavailable('NOT_JSON_RPC', 'eth_call')
      } catch (error) {
        if (!(error instanceof RpcRefused) || !error.isRevert) throw error
        return `${REVERTED}${error.data.toLowerCase()}`
      }
    },
  })
  if (answer.startsWith(REVERTED)) {
    throw new CapabilityError(
      'FailedPrecondition',
      `the call to ${transaction.to} reverted: ${answer.slice(REVERTED.length) || 'without a reason'}`,
    )
  }
  const data = hexToBytes(answer as Hex)
  call.quota.fit('evmReadBytes', data.length)
  return reply(EVM_PB.CallContractReplySchema, create(EVM_PB.CallContractReplySchema, { data }))
}
