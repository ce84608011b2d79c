import { EvmMock, HttpActionsMock, newTestRuntime } from '@chainlink/cre-sdk/test'
import type { Address } from 'viem'
import { type Config, parseConfig } from '../../workflow/config/config'
import { type Proof, proveReserve } from '../../workflow/reserves/prove'

/** DON time of every reserve test, and the time in the happy fixtures. */
export const NOW_MILLIS = Date.parse('2026-09-21T14:13:20Z')
export const CONSUMER: Address = '0x44BF2a9217A2970A1bCC7529Bf1d40828C594320'
const FACTORY: Address = '0x3Aa5ebB10DC797CAC828524e59A333d0A371443c'
export const STABLECOIN: Address = '0x24B3c7704709ed1491473F30393FFc93cFB0FC34'
export const ANVIL = 7759470850252068959n

/** The name of a sole source: found in no refusal. */
export const SOURCE_NAME = 'first-canary'

/** What a source sends; bytes where text would not do. */
export type Answer = { status?: number; body: string | Uint8Array; headers?: Record<string, string> }

/** The whole configuration with these reserves, parsed as the workflow parses it. */
export function configOf(reserves: unknown, overrides: Record<string, unknown> = {}): Config {
  const config = {
    chainSelectorName: 'anvil-devnet',
    basketFactory: FACTORY,
    reserves,
    reserveMaxAgeSeconds: 300,
    validitySeconds: 600,
    gasLimit: '5000000',
    refusals: 'local',
    ...overrides,
  }
  return parseConfig(new TextEncoder().encode(JSON.stringify(config)))
}

/** One source over HTTP, summed alone. */
export function soleSource(
  source: Record<string, unknown>,
  rest: Record<string, unknown> = {},
): Record<string, unknown> {
  const common = {
    name: SOURCE_NAME,
    class: 'auditor',
    unit: 'USD',
    maxAgeSeconds: 300,
    url: 'https://bank.example/{stablecoin}',
  }
  return { rule: { kind: 'sum' }, sources: [{ ...common, ...source }], ...rest }
}

/** Proves the reserve on the SDK's own test runtime; `asked` collects the requests. */
export function proveOnTestRuntime(params: {
  config: Config
  answer?: (url: string) => Answer
  asked?: { url: string; headers: Record<string, { values?: string[] }> }[]
  secrets?: Record<string, string>
  evm?: (mock: EvmMock) => void
  /** The last proof on chain. */
  proof?: { amount: bigint; observedAt: bigint }
}): Proof {
  const { config, answer, asked, proof = { amount: 0n, observedAt: 0n } } = params
  const mock = EvmMock.testInstance(ANVIL)
  params.evm?.(mock)
  HttpActionsMock.testInstance().sendRequest = ({ url, multiHeaders }) => {
    asked?.push({ url, headers: multiHeaders as Record<string, { values?: string[] }> })
    const { status = 200, body = '' } = answer?.(url) ?? { status: 599, body: '' }
    return { statusCode: status, body: Buffer.from(body).toString('base64') }
  }
  const secrets = new Map([['main', new Map(Object.entries(params.secrets ?? {}))]])
  const runtime = newTestRuntime<Config>(secrets, { timeProvider: () => NOW_MILLIS }, config)
  const basket = { stablecoin: STABLECOIN, consumer: CONSUMER, decimals: 18 }
  return proveReserve(runtime, { basket, proof })
}

/** `CODE WORD` of a refusal, or the amount in base units. */
export function verdictOf(proof: Proof): string {
  if (!('refusal' in proof)) return proof.reserve.amount.toString()
  if (proof.refusal.reason.includes(SOURCE_NAME)) throw new Error(`a name is told: ${proof.refusal.reason}`)
  return `${proof.refusal.code} ${proof.refusal.reason.split(':')[0]}`
}
