// Reads BitGo's signed answers.

import { decodeBase64 } from '../../rsa/base64'
import { parsePublicKey } from '../../rsa/public-key'
import { verifyPkcs1Sha256 } from '../../rsa/verify'
import { refuse } from '../source/source-error'
import { type Reading, amount, assertNoRipcord, objectOf, text, time } from './fields'

/**
 * BitGo: a JSON text inside the JSON, signed with RSA-SHA256 over exactly its bytes. Nothing of that text is looked at
 * before its signature has verified. The ripcord lies outside the signature, so it can only stop, never vouch.
 */
export function readBitGo(body: string, params: { publicKey: string }): Reading {
  const answer = objectOf(body)
  assertNoRipcord(answer, 'none')
  const data = text(answer, 'data')
  const signature = decodeBase64(text(answer, 'dataSignature'))
  const key = parsePublicKey(params.publicKey)
  if (signature === undefined || !verifyPkcs1Sha256({ key, signature, message: new TextEncoder().encode(data) })) {
    refuse('SIGNATURE_INVALID')
  }
  const signed = objectOf(data)
  amount(signed, 'cashReserve', 'string')
  amount(signed, 'investedReserve', 'string')
  return { accountName: '', amount: amount(signed, 'totalReserve', 'string'), observedAt: time(signed, 'lastUpdated') }
}
