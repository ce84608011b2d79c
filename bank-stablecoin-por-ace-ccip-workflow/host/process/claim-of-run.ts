// Tells the signer's claim of a run from the run's own files, before the nodes see them.
import { type Address, type Hex, decodeFunctionResult, encodeFunctionData, parseAbi } from 'viem'
import { parseQuietly } from '../base/json'
import { RPC_TIMEOUT_MILLIS, createRpc } from '../chain/rpc'
import { executionIdOf } from '../don/identity'
import type { Opening } from '../run/opening'
import { basketOfRun, parseJsonObject, payloadFor } from '../run/run-config'
import type { Run } from '../run/settings'
import { type Claim, claimOf, claimWithoutPayload } from '../signer/claim'

const tokenAbi = parseAbi(['function decimals() view returns (uint8)'])
/** Where the chain does not say: the run fails of that anyway. */
const USUAL_DECIMALS = 18

/** What a run may have signed. */
export async function claimOfRun(run: Run, opening: Pick<Opening, 'description' | 'deployed'>): Promise<Claim> {
  const { identity, chain } = opening.description
  const { requestId, transmitterSlot, trigger } = run
  const executionId = executionIdOf({ workflowId: identity.workflowId, requestId })
  if (trigger.kind !== 'http') return claimWithoutPayload({ executionId, transmitterSlot })
  return claimOf({
    ...{ executionId, transmitterSlot },
    payload: payloadOfRun(run, opening),
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

/** What the workflow will be asked; undefined when the run is going to be refused. */
function payloadOfRun({ files }: Run, { deployed }: Pick<Opening, 'deployed'>): unknown {
  try {
    const { json } = parseJsonObject(files.config.content, files.config.name)
    const payload = payloadFor(basketOfRun({ deployed: deployed.json, run: json }), files.payload)
    return typeof payload === 'string' ? undefined : parseQuietly(new TextDecoder().decode(payload))
  } catch {
    return undefined
  }
}
