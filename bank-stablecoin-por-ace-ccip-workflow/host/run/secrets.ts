// Reads the workflow's secrets, and answers the nodes' requests for them.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { z } from 'zod'
import { HostError } from '../base/errors'
import { parseQuietly } from '../base/json'
import type { Quota } from '../base/quota'
import type { RunFiles } from './settings'

const DEFAULT_NAMESPACE = 'main'

const secretsSchema = z
  .object({
    version: z.literal(1),
    secrets: z.array(
      z
        .object({
          namespace: z.string().default(DEFAULT_NAMESPACE),
          id: z.string().min(1),
          /** The value of every node that has none of its own. */
          value: z.string().min(1).optional(),
          /** Values of single nodes, by name. */
          nodes: z.record(z.string().min(1)).default({}),
        })
        .strict(),
    ),
  })
  .strict()

/** The workflow's secrets: each node gets its own share, and none reaches a log. */
export type SecretStore = {
  /** Answers a serialized GetSecretsRequest for one node. */
  answer: (params: { node: string; request: SDK_PB.GetSecretsRequest; quota: Quota }) => SDK_PB.SecretResponses
  /** All values, of all nodes. */
  values: string[]
}

/** Reads the secrets file; without one there are no secrets. Refuses a file that others may read. */
export function openSecrets(params: { file: RunFiles['secrets']; owner: string }): SecretStore {
  const entries = readSecrets(params.file)
  const values = entries.flatMap(({ value, nodes }) => [
    ...(value === undefined ? [] : [value]),
    ...Object.values(nodes),
  ])
  return {
    answer({ node, request, quota }) {
      quota.fit('secretsAtOnce', request.requests.length)
      const responses = request.requests.map(({ id, namespace: asked }) => {
        const namespace = asked === '' ? DEFAULT_NAMESPACE : asked
        const found = entries.find((entry) => entry.id === id && entry.namespace === namespace)
        const value = found?.nodes[node] ?? found?.value
        const common = { id, namespace, owner: params.owner }
        return value === undefined
          ? create(SDK_PB.SecretResponseSchema, {
              response: {
                case: 'error',
                value: { ...common, $typeName: 'sdk.v1alpha.SecretError', error: 'secret not found' },
              },
            })
          : create(SDK_PB.SecretResponseSchema, {
              response: { case: 'secret', value: { ...common, $typeName: 'sdk.v1alpha.Secret', value } },
            })
      })
      return create(SDK_PB.SecretResponsesSchema, { responses })
    },
    values,
  }
}

/** Secret requests of one node in flight, by callback id. */
export type SecretRequests = {
  start: (bytes: Uint8Array) => number
  collectResponses: (bytes: Uint8Array) => Uint8Array
}

/** The secret requests of a node in a phase. */
export function createSecretRequests(params: { store: SecretStore; node: string; quota: Quota }): SecretRequests {
  const pending = new Map<number, SDK_PB.SecretResponses>()
  return {
    start(bytes) {
      const request = fromBinary(SDK_PB.GetSecretsRequestSchema, bytes)
      if (pending.has(request.callbackId)) throw new Error(`callback id ${request.callbackId} is in use`)
      pending.set(request.callbackId, params.store.answer({ node: params.node, request, quota: params.quota }))
      return 0
    },
    collectResponses(bytes) {
      const responses: Record<number, SDK_PB.SecretResponses> = {}
      for (const id of fromBinary(SDK_PB.AwaitSecretsRequestSchema, bytes).ids) {
        const found = pending.get(id)
        if (found === undefined) throw new Error(`no secret request with callback id ${id} is in flight`)
        responses[id] = found
        pending.delete(id)
      }
      return toBinary(SDK_PB.AwaitSecretsResponseSchema, create(SDK_PB.AwaitSecretsResponseSchema, { responses }))
    },
  }
}

function readSecrets({ path, content }: RunFiles['secrets']): z.infer<typeof secretsSchema>['secrets'] {
  if (content === 'missing') return []
  if (content === 'exposed') throw new HostError('HOST_ERROR', `${path} may be read by others; chmod 600 it`)
  if (content === 'unreadable') throw new HostError('FILES_UNAVAILABLE', `${path} cannot be read`)
  const parsed = secretsSchema.safeParse(parseQuietly(new TextDecoder().decode(content)))
  if (!parsed.success)
    throw new HostError('HOST_ERROR', `${path} is no secrets file: ${parsed.error.issues[0]?.path.join('.')}`)
  return parsed.data.secrets
}
