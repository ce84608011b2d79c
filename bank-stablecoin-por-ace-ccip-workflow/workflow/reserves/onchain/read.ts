// Reads contracts of a source's chain at one block.
import {
  LAST_FINALIZED_BLOCK_NUMBER,
  type Runtime,
  blockNumber,
  bytesToHex,
  encodeCallMsg,
  protoBigIntToBigint,
} from '@chainlink/cre-sdk'
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type Hex,
  decodeFunctionResult,
  encodeFunctionData,
  zeroAddress,
} from 'viem'
import { type Chain, openChain } from '../../chain/chain'
import type { Config } from '../../config/config'
import { SourceError, refuse } from '../source/source-error'

/** A chain at one block, so that everything that is read belongs together; time in unix seconds. */
export type Snapshot = { chain: Chain; height: bigint; time: number }

/** The last finalized block of the source's chain. */
export function openSnapshot(runtime: Runtime<Config>, params: { chainSelectorName?: string | undefined }): Snapshot {
  const { config } = runtime
  const chain = openChain({ ...config, chainSelectorName: params.chainSelectorName ?? config.chainSelectorName })
  return readOrRefuse(() => {
    const { header } = chain.evm.headerByNumber(runtime, { blockNumber: LAST_FINALIZED_BLOCK_NUMBER }).result()
    if (header?.blockNumber === undefined) refuse('CHAIN_UNREADABLE')
    return { chain, height: protoBigIntToBigint(header.blockNumber), time: Number(header.timestamp) }
  })
}

/** Calls a view function at the snapshot's block, or at the latest block of a chain alone. */
export function readContract<
  const Contract extends Abi,
  Name extends ContractFunctionName<Contract, 'view'>,
  const Args extends ContractFunctionArgs<Contract, 'view', Name>,
>(
  runtime: Runtime<Config>,
  params: { at: { chain: Chain; height?: bigint }; abi: Contract; to: string; functionName: Name; args: Args },
): ContractFunctionReturnType<Contract, 'view', Name, Args> {
  const { at, abi, functionName, args } = params
  return readOrRefuse(() => {
    const data = encodeFunctionData({ abi, functionName, args } as Parameters<typeof encodeFunctionData>[0])
    const call = encodeCallMsg({ from: zeroAddress, to: params.to as Address, data })
    const block = at.height === undefined ? {} : { blockNumber: blockNumber(at.height) }
    const answer = bytesToHex(at.chain.evm.callContract(runtime, { call, ...block }).result().data) as Hex
    return decodeFunctionResult({ abi, functionName, data: answer } as Parameters<
      typeof decodeFunctionResult
    >[0]) as ContractFunctionReturnType<Contract, 'view', Name, Args>
  })
}

/** Whatever goes wrong between us and the contract is one thing: it cannot be read. */
function readOrRefuse<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof SourceError) throw error
    throw new SourceError('CHAIN_UNREADABLE')
  }
}
