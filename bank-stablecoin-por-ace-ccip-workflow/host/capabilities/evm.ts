// Serves the EVM capability: each method once f+1 nodes have called it alike.
import type { Any } from '@bufbuild/protobuf/wkt'
import { CapabilityError, messageOf } from '../base/errors'
import { MODE_DON } from '../base/mode'
import { RpcRefused, RpcUnavailable } from '../chain/rpc'
import type { Don } from '../don/don'
import { type Capability, requireMode, unknownMethod } from './call'
import { callContract } from './evm-call-contract'
import type { EvmContext, EvmMethod, EvmParts } from './evm-context'
import {
  balanceAt,
  estimateGas,
  filterLogs,
  getTransactionByHash,
  getTransactionReceipt,
  headerByNumber,
} from './evm-reads'
import { writeReport } from './evm-write-report'
import { evmOf } from './ids'

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
    const cause = error instanceof CapabilityError ? error.cause : error
    const silent = cause instanceof RpcUnavailable || (cause instanceof RpcRefused && !cause.isRevert)
    if (silent) don.rpcFailure = messageOf(error instanceof RpcRefused ? new RpcUnavailable('NOT_JSON_RPC') : error)
    throw error
  }
}

/** Reads and writes of one chain. A call is executed once f+1 nodes have sent the same bytes. */
export function evm(parts: EvmParts): Capability {
  const context: EvmContext = { ...parts, heights: new Map() }
  const ours = evmOf(parts.chain.selector)
  return {
    serves: (id) => id === ours,
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
