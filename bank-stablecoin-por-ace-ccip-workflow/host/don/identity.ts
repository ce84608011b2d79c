// Derives the ids of a workflow and of an execution.
import { createHash } from 'node:crypto'
import type { Hex } from 'viem'

/** Who a report comes from: fixed by the workflow's owner, name, code and base configuration. */
export type WorkflowIdentity = { workflowId: Hex; workflowName: string; workflowOwner: Hex }

/** Id of a workflow: sha256 of owner, name, code and configuration, with the first byte set to zero. */
export function workflowIdOf(params: { owner: Hex; name: string; code: Uint8Array; config: Uint8Array }): Hex {
  const digest = createHash('sha256')
    .update(Buffer.from(params.owner.slice(2), 'hex'))
    .update(params.name)
    .update(params.code)
    .update(params.config)
    .digest()
  digest[0] = 0
  return `0x${digest.toString('hex')}`
}

/** Id of an execution: sha256 of the workflow id in hex (without 0x) and the request id. */
export function executionIdOf(params: { workflowId: Hex; requestId: string }): Hex {
  const digest = createHash('sha256').update(params.workflowId.slice(2)).update(params.requestId).digest('hex')
  return `0x${digest}`
}
