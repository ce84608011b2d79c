// Derives the ids of a workflow and of an execution.
import { createHash } from 'node:crypto'
import type { Hex } from 'viem'

/** Who a report comes from: fixed by the workflow's owner, name, code and deployed configuration. */
export type WorkflowIdentity = { workflowId: Hex; workflowName: string; workflowOwner: Hex }

/**
 * Id of a workflow, as a DON computes it: sha256 of owner, name, compressed binary and configuration, with the first byte set to
 * zero.
 */
export function workflowIdOf(params: { owner: Hex; name: string; binary: Uint8Array; config: Uint8Array }): Hex {
  const digest = createHash('sha256')
    .update(Buffer.from(params.owner.slice(2), 'hex'))
    .update(params.name)
    .update(params.binary)
    .update(params.config)
    .digest()
  digest[0] = 0
  return `0x${digest.toString('hex')}`
}

/** The id as people see it: one that no DON would compute, because it covers other code than the deployed binary, says so. */
export function shownIdOf(params: { workflowId: Hex; isDeployed: boolean }): string {
  return params.isDeployed ? params.workflowId : `local:${params.workflowId}`
}

/** Id of an execution: sha256 of the workflow id in hex (without 0x) and the request id. */
export function executionIdOf(params: { workflowId: Hex; requestId: string }): Hex {
  const digest = createHash('sha256').update(params.workflowId.slice(2)).update(params.requestId).digest('hex')
  return `0x${digest}`
}
