/** The gateway's answers, by the names that its OpenAPI document gives them. */
import type { components } from '@cre-backend/client'

type Schemas = components['schemas']

export type HistoryPoint = { at: string; reserves: string | null; liability: string }
export type History = { from: string; to: string; points: HistoryPoint[] }
export type Basket = Schemas['BasketAnswer'] & {
  token?: { name: string; symbol: string; decimals: number; supply: string | null } | null
  created?: { admin: string; tx: string; at: string | null } | null
}
export interface HeldUpMints {
  stablecoinAddress: string
  status: Schemas['MintStatus']
  code: string | null
  reason: string | null
  mints: number
  oldestMintId: string
  since: string
}
export type Alarm = Schemas['AlarmData']
export type Attention = { mints: HeldUpMints[]; complete: boolean; alarms: Schemas['Event'][] }
export type Balance = { balance: string; totalSupply: string; blockNumber: number }
export type Breaker = Schemas['BreakerAnswer']
export type Card = Schemas['ServiceCard'] & {
  chain?: { id: number; name: string; rpcUrl: string | null; explorer: string | null } | null
  isLocal?: boolean
  creation?: { open: boolean; creators: string[] | null } | null
}
export type ChainCall = Schemas['ChainCall']
export type Compliance = Schemas['ComplianceAnswer'] & {
  actions?: { what: string; to: string; data: string; signer: string | null; needsPrevious: boolean }[]
}
export type ComplianceCheck = Schemas['ComplianceCheck']
export type Evidence = Schemas['MintEvidence']
export type GatewayEvent = Schemas['Event']
export type Log = Schemas['Log']
export type Mint = Schemas['Mint']
export type MintPage = Schemas['MintPage']
export type MintStatus = Schemas['MintStatus']
export type MintSummary = Schemas['MintSummary']
export type OperatorAnswer = Schemas['OperatorAnswer']
export type Problem = Schemas['Problem']
export type Readiness = Schemas['Readiness']
export type ReserveFigures = Schemas['ReserveAnswer']
export type ReserveRounds = Schemas['ReserveHistory']
export type Report = Schemas['Report']
export type Run = Schemas['Run']
export type Scope = Schemas['Scope']
export type Source = Schemas['SourceAnswer']
export type Transaction = Schemas['Transaction']
export type WhoAmI = Schemas['WhoAmI']

/** The bank's reference; undefined where none was given and the mint's own id stands in its place. */
export function bankReferenceOf({ bankReference, mintId }: Mint): string | undefined {
  return bankReference === mintId ? undefined : bankReference
}
