// Tells the signer's claim of a run from the run's own files, before the nodes see them.
import { type Address, type Hex, decodeFunctionResult, encodeFunctionData, parseAbi } from 'viem'
import { parseQuietly } from '../base/json'
import { RPC_TIMEOUT_MILLIS, createRpc } from '../chain/rpc'
import { executionIdOf } from '../don/identity'
import type { Opening } from '../run/opening'
import type { FileContent, Run } from '../run/settings'
import { type Claim, claimOf } from '../signer/claim'

const tokenAbi = parseAbi(['function decimals() view returns (uint8)'])
/** Where the chain does not say: the run fails of that anyway. */
const USUAL_DECIMALS = 18

/** What a run may have signed. */
export function claimOfRun(run: Run, { description }: Pick<Opening, 'description'>): Promise<Claim> {
  const { identity, chain } = description
  const { files, requestId, transmitterSlot } = run
  return claimOf({
    executionId: executionIdOf({ workflowId: identity.workflowId, requestId }),
    transmitterSlot,
    config: jsonOf(files.config.content),
    payload: jsonOf(files.payload),
    decimals: (stablecoin) => askDecimals(chain.rpcUrl, stablecoin),
  })
}

async function askDecimals(url: string, stablecoin: Address): Promise<number> {
  const functionName = 'decimals'
  const call = { to: stablecoin, data: encodeFunctionData({ abi: tokenAbi, functionName }) }
  try {
    const data = (await createRpc({ url, timeoutMillis: RPC_TIMEOUT_MILLIS })('eth_call', [call, 'latest'])) as Hex
    return decodeFunctionResult({ abi: tokenAbi, functionName, data })
  } catch {
    return USUAL_DECIMALS
  }
}

function jsonOf(content: FileContent): unknown {
  return typeof content === 'string' ? undefined : parseQuietly(new TextDecoder().decode(content))
}
