// Has every node read a source over HTTP, and agrees on what they read.
import {
  ConsensusAggregationByFields,
  HTTPClient,
  type NodeRuntime,
  type Runtime,
  identical,
  isCapabilityExecutionError,
  median,
} from '@chainlink/cre-sdk'
import { toBaseUnitsFloor } from '../base/decimal'
import { isTimeout, messageOf } from '../base/errors'
import type { Basket } from '../chain/basket'
import type { Config } from '../config/config'
import { type HttpSource, STABLECOIN_IN_URL } from '../config/reserve-sources'
import { pathsOf, readAnswer } from './dialects'
import type { Reading } from './dialects/fields'
import type { Figure, Source } from './source/source'
import { SourceError, isWord, refuse } from './source/source-error'

/** What one node saw; a node that could read the source but must not believe it says so with a word. */
type Observation = { word: string; accountName: string; amount: bigint; observedAt: number }

/**
 * Every node fetches the source by itself and reads it strictly; then the fields are agreed on one by one. A node without
 * any answer is an error observation, of which a DON tolerates f.
 */
export function readHttpSource(
  runtime: Runtime<Config>,
  params: { source: Source<HttpSource>; basket: Basket },
): Figure {
  const { source, basket } = params
  const apiKey = readSecret(runtime, source.settings)
  let observation: Observation
  try {
    observation = runtime
      .runInNodeMode(
        observeSource,
        ConsensusAggregationByFields<Observation>({
          word: () => identical<string>(),
          accountName: () => identical<string>(),
          amount: () => median<bigint>(),
          observedAt: () => median<number>(),
        }),
      )({ source, stablecoin: basket.stablecoin, decimals: basket.decimals, apiKey })
      .result()
  } catch (error) {
    const detail = messageOf(error)
    // The engine tells a failed aggregation from failed nodes in words only; both stop the mint under one code.
    if (detail.includes('aggregation for field failed')) return refuse('NODES_DISAGREE')
    return refuse('SOURCE_UNAVAILABLE', sentenceOfSilence(detail))
  }
  const { word, accountName, amount, observedAt } = observation
  if (word !== '') refuse(isWord(word) ? word : 'NODES_DISAGREE')
  return { accountName, amount, observedAt }
}

/** What a node needs to ask a source for itself. */
type Question = { source: Source<HttpSource>; stablecoin: string; decimals: number; apiKey: string }

function observeSource(nodeRuntime: NodeRuntime<Config>, question: Question): Observation {
  const { settings, shorthand } = question.source
  try {
    const bodies = pathsOf(settings).map((path) => fetchBody(nodeRuntime, { question, path }))
    const askedAt = Math.floor(nodeRuntime.now().getTime() / 1000)
    const { accountName, amount, observedAt } = readAnswer(bodies, { settings, shorthand, askedAt })
    return { word: '', accountName, amount: toBaseUnits({ amount, settings, decimals: question.decimals }), observedAt }
  } catch (error) {
    if (!(error instanceof SourceError)) throw new Error(causeOfSilence(error))
    return { word: error.word, accountName: '', amount: 0n, observedAt: 0 }
  }
}

/** One GET; throws SourceError for an answer that does not count, and a sentence when there is none. */
function fetchBody(nodeRuntime: NodeRuntime<Config>, params: { question: Question; path: string }): string {
  const { source, stablecoin, apiKey } = params.question
  const { url, timeoutMs, maxBytes } = source.settings
  const pending = new HTTPClient().sendRequest(nodeRuntime, {
    url: `${url.replaceAll(STABLECOIN_IN_URL, stablecoin)}${params.path}`,
    method: 'GET',
    timeout: `${timeoutMs / 1000}s`,
    ...(apiKey === '' ? {} : { multiHeaders: { 'x-api-key': { values: [apiKey] } } }),
  })
  const { statusCode, body } = answerOf(pending)
  if (statusCode === 404) refuse('ACCOUNT_UNKNOWN')
  if (statusCode >= 300 && statusCode < 400) refuse('REDIRECTED')
  if (statusCode !== 200) throw new SourceSilent(`STATUS_${statusCode}`)
  if (body.length > maxBytes) refuse('OVERSIZED')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return refuse('NOT_TEXT')
  }
}

/** An answer that is none; its message is a word of `SILENCE`. */
class SourceSilent extends Error {}

/** The words for a source without an answer. */
const SILENCE = /\b(?:UNREACHABLE|TIMED_OUT|STATUS_(\d{3}))\b/

/** What a node tells the others of a source that gave it no answer: a word of ours, never what a library says. */
function causeOfSilence(error: unknown): string {
  if (error instanceof SourceSilent) return error.message
  return isTimeout(error) ? 'TIMED_OUT' : 'UNREACHABLE'
}

/** The sentence for the first of our words among what the engine says about its nodes; undefined when there is none. */
function sentenceOfSilence(detail: string): string | undefined {
  const [word, status] = SILENCE.exec(detail) ?? []
  if (status !== undefined) return `the source answered with status ${status}`
  if (word === 'TIMED_OUT') return 'the source did not answer in time'
  return word === undefined ? undefined : 'the source cannot be reached'
}

/** A request in flight. */
type Pending = { result: () => { statusCode: number; body: Uint8Array } }

/** The answer; one that exceeds the engine's own quota is as oversized as one that exceeds the source's. */
function answerOf(pending: Pending): ReturnType<Pending['result']> {
  try {
    return pending.result()
  } catch (error) {
    if (isCapabilityExecutionError(error) && /httpResponse|response.*(?:size|limit|large)/i.test(messageOf(error))) {
      refuse('OVERSIZED')
    }
    throw error
  }
}

function toBaseUnits(params: { amount: Reading['amount']; settings: HttpSource; decimals: number }): bigint {
  const { digits, scale } = params.amount
  return toBaseUnitsFloor({
    value: { digits, scale: scale + (params.settings.decimals ?? 0) },
    decimals: params.decimals,
  })
}

function readSecret(runtime: Runtime<Config>, { secret }: HttpSource): string {
  if (secret === undefined) return ''
  try {
    return runtime.getSecret({ id: secret }).result().value
  } catch {
    return refuse('SECRET_MISSING')
  }
}
