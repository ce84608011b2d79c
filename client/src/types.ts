/** The words of the gateway's API as types; all of them come from its OpenAPI document. */
import type { components, paths } from './openapi'

type Schemas = components['schemas']

export type Mint = Schemas['Mint']
export type MintRequest = Schemas['MintRequest']
export type MintStatus = Schemas['MintStatus']
export type MintPage = Schemas['MintPage']
export type MintEvidence = Schemas['MintEvidence']
export type Problem = Schemas['Problem']
export type ProblemCode = Schemas['ProblemCode']
export type GatewayEvent = Schemas['Event']
export type Basket = Schemas['BasketAnswer']
export type Reserves = Schemas['ReserveAnswer']
export type ReserveRounds = Schemas['ReserveHistory']
export type Compliance = Schemas['ComplianceAnswer']
export type { components, operations, paths } from './openapi'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** Paths of the API that have this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never
}[keyof paths]

export type OperationOf<M extends Method, P extends keyof paths> = M extends keyof paths[P] ? paths[P][M] : never

type Parameters<O, Place extends string> = O extends { parameters: { [K in Place]?: infer V } } ? V : never

export type QueryOf<O> = Exclude<Parameters<O, 'query'>, undefined>
export type PathParametersOf<O> = Exclude<Parameters<O, 'path'>, undefined>
export type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : never

type JsonOf<R> = R extends { content: { 'application/json': infer J } } ? J : never

/** What an operation answers with when all is well. */
export type AnswerOf<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 ? JsonOf<R[S]> : never }[keyof R]
  : never
