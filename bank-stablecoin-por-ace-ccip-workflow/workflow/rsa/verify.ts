// Verifies RSA-SHA256 signatures.
import { bytesToHex, hexToBigInt, numberToHex, sha256 } from 'viem'
import type { RsaPublicKey } from './public-key'

/** DER of `DigestInfo { sha256, NULL }` up to the digest (RFC 8017, section 9.2, note 1). */
const DIGEST_INFO_SHA256 = '3031300d060960864801650304020105000420'

/**
 * RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2.2), for an engine without Web Crypto. The encoded message is built
 * anew and compared as a whole block: parsing the padding instead is how forged signatures of small exponents get through.
 */
export function verifyPkcs1Sha256(params: { key: RsaPublicKey; signature: Uint8Array; message: Uint8Array }): boolean {
  const { modulus, exponent, bytes } = params.key
  if (params.signature.length !== bytes) return false
  const signature = hexToBigInt(bytesToHex(params.signature))
  if (signature >= modulus) return false
  const block = numberToHex(powMod(signature, exponent, modulus), { size: bytes })
  return block === expectedBlock(params.message, bytes)
}

/** 0x00 01 FF … FF 00 DigestInfo digest, as long as the modulus. */
function expectedBlock(message: Uint8Array, bytes: number): string {
  const tail = `00${DIGEST_INFO_SHA256}${sha256(message).slice(2)}`
  return `0x0001${'ff'.repeat(bytes - 2 - tail.length / 2)}${tail}`
}

function powMod(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}
