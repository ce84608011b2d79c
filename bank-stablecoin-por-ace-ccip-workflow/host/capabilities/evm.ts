import type { Any } from '@bufbuild/protobuf/wkt'
import type { ChainSettings } from '../chain'
import type { Don } from '../don'
import { messageOf } from '../errors'
import { MODE_DON } from '../protocol'
import { type Rpc, RpcUnavailable } from '../rpc'
import type { Transmitter } from '../transaction'
import { type Capability, type CapabilityCall, requireMode, unknownMethod } from './call'
import type { Heights } from './evm-block'
import { callContract } from './evm-call-contract'
import {
  balanceAt,
  estimateGas,
  filterLogs,
  getTransactionByHash,
  getTransactionReceipt,
  headerByNumber,
} from './evm-reads'
import { writeReport } from './evm-write-report'

/** What the methods of the EVM capability work with. */
export type EvmContext = EvmParts & { heights: Heights }

/** What a run has for them. */
export type EvmParts = { don: Don; chain: ChainSettings; rpc: Rpc; transmitter: Transmitter }

/** A method: the work that f+1 equal calls set off once. Its checks belong here too, for all these calls fail alike. */
export type EvmMethod = (context: EvmContext, call: CapabilityCall) => Promise<Any>

const methods: Record<string, EvmMethod> = {
  CallContract: callContract,
  BalanceAt: balanceAt,
  HeaderByNumber: headerByNumber,
  FilterLogs: filterLogs,
  GetTransactionReceipt: getTransactionReceipt,
  GetTransactionByHash: getTransactionByHash,
  EstimateGas: estimateGas,
  WriteReport: writeReport,
}

async function noteRpcFailure(don: Don, work: Promise<Any>): Promise<Any> {
  try {
    return await work
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof RpcUnavailable ? error.cause : error
    if (cause instanceof RpcUnavailable) don.rpcFailure = messageOf(error)
    throw error
  }
}

/** Reads and writes of one chain. A call is executed once f+1 nodes have sent the same bytes. */
export function evm(parts: EvmParts): Capability {
  const context: EvmContext = { ...parts, heights: new Map() }
  return {
    serves: (id) => id === `evm:ChainSelector:${parts.chain.selector}@1.0.0`,
    async call(call) {
      requireMode(call, MODE_DON)
      call.quota.take(call.request.method === 'WriteReport' ? 'evmWrites' : 'evmReads')
      const execute = async (): Promise<Any> => {
        const method = methods[call.request.method] ?? unknownMethod(call)
        return noteRpcFailure(context.don, method(context, call))
      }
      return context.don.identical<Any>(call.round).submit(call.seat.name, { bytes: call.bytes, execute })
    },
  }
}
