/** `@cre-backend/client`. */
export type {
  CallOptions,
  ClientOptions,
  ComplianceQuestion,
  CreClient,
  HistoryRange,
  MintFilter,
  MintOptions,
  ReserveSeries,
} from './client'
export { createClient } from './client'
export type { CreErrorOf, ErrorCode, ErrorContext, ProblemMembers } from './error'
export { CreError } from './error'
export type { Cancellable, Send, Sent, TokenSource } from './http'
export type { MintHandle, WaitOptions } from './mint'
export type { CreatedBasket, Receipt } from './receipt'
export type { IntentStore } from './store'
export { localStore, memoryStore } from './store'
export type {
  AnswerOf,
  Basket,
  Compliance,
  GatewayEvent,
  Mint,
  MintEvidence,
  MintPage,
  MintRequest,
  MintStatus,
  Problem,
  ProblemCode,
  ReserveRounds,
  Reserves,
  components,
  operations,
  paths,
} from './types'
