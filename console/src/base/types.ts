/** The gateway's answers, by the names that its OpenAPI document gives them. */
import type { components } from '@cre-backend/client'

type Schemas = components['schemas']

export type HistoryPoint = Schemas['ReserveReading']
export type History = Schemas['ReserveReadings']
export type Basket = Schemas['BasketAnswer']
export type HeldUpMints = Schemas['HeldUpMints']
export type Alarm = Schemas['AlarmData']
export type Attention = Schemas['Attention']
export type Balance = Schemas['Balance']
export type Breaker = Schemas['BreakerAnswer']
export type Card = Schemas['ServiceCard']
export type ChainCall = Schemas['ChainCall']
export type Compliance = Schemas['ComplianceAnswer']
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
