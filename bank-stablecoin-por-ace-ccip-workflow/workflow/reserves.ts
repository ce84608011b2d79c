import {
  ConsensusAggregationByFields,
  HTTPClient,
  type NodeRuntime,
  type Runtime,
  identical,
  median,
  ok,
} from '@chainlink/cre-sdk'
import { z } from 'zod'
import type { Basket } from './basket'
import type { Config } from './config'
import { parseDecimal, toBaseUnitsFloor } from './decimal'
import { firstIssue, messageOf } from './errors'
import { parseExactJson } from './exact-json'
import type { Refusal } from './result'
import { parseIsoSeconds } from './timestamp'

/** How far ahead of DON time a source's clock may be, in seconds; the feed on chain accepts no more. */
const MAX_CLOCK_SKEW_SECONDS = 120

/** Numbers arrive as their text, see exact-json.ts. */
const reserveSchema = z.object({ accountName: z.string(), totalReserve: z.string(), lastUpdated: z.string() })

/** What one node saw; `assigned` is false when the source knows no account for this consumer. */
type Observation = { assigned: boolean; accountName: string; amount: bigint; observedAt: number }

/** The proof of reserve the nodes agreed on: base units, and the source's own time in unix seconds. */
export type Reserve = { accountName: string; amount: bigint; observedAt: number }

/** Every node fetches the reserve by itself; the fields are agreed on one by one, then the age is checked by DON time. */
export function proveReserve(
  runtime: Runtime<Config>,
  params: { basket: Basket },
): { reserve: Reserve } | { refusal: Refusal } {
  let observation: Observation
  try {
    observation = runtime
      .runInNodeMode(
        observeReserve,
        ConsensusAggregationByFields<Observation>({
          assigned: () => identical<boolean>(),
          accountName: () => identical<string>(),
          amount: () => median<bigint>(),
          observedAt: () => median<number>(),
        }),
      )(params.basket.consumer, params.basket.decimals)
      .result()
  } catch (error) {
    return refuse('POR_UNAVAILABLE', messageOf(error))
  }
  if (!observation.assigned) {
    return refuse('NO_RESERVE_ASSIGNED', `no reserve account is assigned to ${params.basket.consumer}`)
  }
  const ageSeconds = Math.floor(runtime.now().getTime() / 1000) - observation.observedAt
  if (ageSeconds > runtime.config.reserveMaxAgeSeconds) {
    return refuse('POR_STALE', `the reserve was reported ${ageSeconds} seconds ago`)
  }
  if (ageSeconds < -MAX_CLOCK_SKEW_SECONDS) {
    return refuse('POR_STALE', `the reserve's time stamp is ${-ageSeconds} seconds in the future`)
  }
  const { accountName, amount, observedAt } = observation
  return { reserve: { accountName, amount, observedAt } }
}

/** Runs on each node: one request, strictly read. Throws one sentence, which becomes this node's error observation. */
export function observeReserve(nodeRuntime: NodeRuntime<Config>, consumer: string, decimals: number): Observation {
  const url = nodeRuntime.config.porApiUrl.replaceAll('{consumer}', consumer)
  const response = new HTTPClient().sendRequest(nodeRuntime, { url, method: 'GET', timeout: '5s' }).result()
  if (response.statusCode === 404) return { assigned: false, accountName: '', amount: 0n, observedAt: 0 }
  if (!ok(response)) throw new Error(`the reserve source answered with status ${response.statusCode}`)
  return readReserve({ body: new TextDecoder().decode(response.body), decimals })
}

function readReserve(params: { body: string; decimals: number }): Observation {
  const parsed = reserveSchema.safeParse(parseJson(params.body))
  if (!parsed.success) throw new Error(`the reserve source's answer is unusable: ${firstIssue(parsed.error)}`)
  const value = parseDecimal(parsed.data.totalReserve)
  if (value === undefined) throw new Error("the reserve source's totalReserve is no decimal number")
  const observedAt = parseIsoSeconds(parsed.data.lastUpdated)
  if (observedAt === undefined) throw new Error("the reserve source's lastUpdated is no ISO 8601 time stamp")
  const amount = toBaseUnitsFloor({ value, decimals: params.decimals })
  return { assigned: true, accountName: parsed.data.accountName, amount, observedAt }
}

function parseJson(body: string): unknown {
  try {
    return parseExactJson(body)
  } catch {
    throw new Error("the reserve source's answer is not JSON")
  }
}

function refuse(code: Refusal['code'], reason: string): { refusal: Refusal } {
  return { refusal: { code, policy: '', reason: reason.slice(0, 300) } }
}
