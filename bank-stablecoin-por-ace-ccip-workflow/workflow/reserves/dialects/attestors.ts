// Reads the answers of auditors.

import { refuse } from '../source/source-error'
import { type Reading, accountName, amount, assertNoRipcord, objectOf, objects, text, time } from './fields'

/** The Network Firm's LedgerLens for TUSD: JSON numbers, a list of ripcord details, composition per chain. */
export function readLedgerLensTusd(body: string): Reading {
  const answer = objectOf(body)
  assertNoRipcord(answer, 'list')
  const chains = objects(answer, 'token')
  if (chains.length === 0) refuse('FIELD_MISSING')
  for (const chain of chains) {
    text(chain, 'tokenName')
    amount(chain, 'totalTokenByChain', 'number')
    amount(chain, 'totalTrustByChain', 'number')
  }
  amount(answer, 'totalToken', 'number')
  return {
    accountName: accountName(answer, 'accountName'),
    amount: amount(answer, 'totalTrust', 'number'),
    observedAt: time(answer, 'updatedAt'),
  }
}

/** The Network Firm's first format (STBT and others): JSON numbers, a list of ripcord details. */
export function readNetworkFirmV1(body: string): Reading {
  const answer = objectOf(body)
  assertNoRipcord(answer, 'list')
  amount(answer, 'totalToken', 'number')
  return {
    accountName: accountName(answer, 'accountName'),
    amount: amount(answer, 'totalReserve', 'number'),
    observedAt: time(answer, 'timestamp'),
  }
}

/** The Network Firm's second format: decimal strings, and a ripcord that comes as data of a good answer. */
export function readNetworkFirmV2(body: string): Reading {
  const answer = objectOf(body)
  assertNoRipcord(answer, 'list')
  amount(answer, 'totalSupply', 'string')
  return { accountName: '', amount: amount(answer, 'totalReserves', 'string'), observedAt: time(answer, 'timestamp') }
}

/** Harris & Trotter: JSON numbers, ripcord details as an object of flags. */
export function readHarrisTrotter(body: string): Reading {
  const answer = objectOf(body)
  assertNoRipcord(answer, 'flags')
  amount(answer, 'totalToken', 'number')
  return {
    accountName: accountName(answer, 'accountName'),
    amount: amount(answer, 'totalReserve', 'number'),
    observedAt: time(answer, 'timestamp'),
  }
}

/** A Paxos attestation: the auditor's figure, good only when it is verified; as fresh as an audit is. */
export function readPaxos(body: string): Reading {
  const answer = objectOf(body)
  const verified = answer['verified']
  if (verified !== true) refuse(verified === undefined || verified === false ? 'NOT_VERIFIED' : 'FIELD_TYPE')
  return {
    accountName: accountName(answer, 'auditorName'),
    amount: amount(answer, 'amount', 'either'),
    observedAt: time(answer, 'lastAttestedAt'),
  }
}
