/** The record that the deploy script leaves behind, `<deployments>/<chain id>.json`; see contracts/script/DeploymentRecord.sol. */
import { existsSync, readFileSync } from 'node:fs'
import type { Address } from 'viem'

/** The version of the record, and so the generation of the contracts that it names. */
const RECORD_VERSION = 2

/** What the scripts use of it. */
export interface DeploymentRecord {
  version: number
  chainId: number
  forwarder: Address
  basketFactory: Address
  complianceLens: Address
  identityRegistry: Address
  credentialRegistry: Address
  /** Absent where the forwarder's DON was set up by others. */
  don?: { signers: Address[] }
  /** Absent where none was asked for. */
  firstBasket?: { stablecoin: Address; mintingConsumer: Address }
}

/** A deployment of our own, with a DON and a first basket. */
export type Deployment = Required<DeploymentRecord>

const addressFields = [
  'forwarder',
  'basketFactory',
  'complianceLens',
  'identityRegistry',
  'credentialRegistry',
] as const satisfies (keyof DeploymentRecord)[]

/** Throws a sentence when there is no record, or one of another layout. */
export function readRecord(file: string): DeploymentRecord {
  const record = findRecord(file)
  if (record === undefined) throw new Error(`${file} is missing, or is no deployment record of this version`)
  return record
}

/** Reads the record of a deployment of our own; throws a sentence when it is none. */
export function readDeployment(file: string): Deployment {
  const { don, firstBasket, ...record } = readRecord(file)
  if (don === undefined || firstBasket === undefined) throw new Error(`${file} names no DON or no first basket`)
  return { ...record, don, firstBasket }
}

/** Undefined where there is no record; throws a sentence for one of another version, whose contracts are not today's. */
export function findRecord(file: string): DeploymentRecord | undefined {
  if (!existsSync(file)) return undefined
  const record = JSON.parse(readFileSync(file, 'utf8')) as DeploymentRecord
  const version = record.version ?? 1
  if (version !== RECORD_VERSION) {
    throw new Error(
      `${file} is a deployment record of version ${version}, not ${RECORD_VERSION}: its contracts are of another generation. Start over with a new chain (a local one: remove its folder), or use the release that deployed them`,
    )
  }
  return addressFields.every((field) => /^0x[0-9a-fA-F]{40}$/.test(record[field])) ? record : undefined
}
