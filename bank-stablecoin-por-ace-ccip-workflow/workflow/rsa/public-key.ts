// Parses RSA public keys.
import { bytesToHex, hexToBigInt } from 'viem'
import { z } from 'zod'
import { decodeBase64 } from './base64'

const PEM = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/
/** DER of `AlgorithmIdentifier { rsaEncryption, NULL }`. */
const RSA_ENCRYPTION = '300d06092a864886f70d0101010500'
const TAG = { integer: 0x02, bitString: 0x03, sequence: 0x30 }
const MIN_BITS = 2048
const MAX_BITS = 4096
/** The exponent every signer of note uses; small ones have a history of forgeries. */
const EXPONENT = 65_537n

const jwkSchema = z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() }).passthrough()

/** An RSA public key of 2048 to 4096 bits; `bytes` is the length of its modulus. */
export type RsaPublicKey = { modulus: bigint; exponent: bigint; bytes: number }

/** Reads a public key as PEM (SubjectPublicKeyInfo) or as the text of a JWK; throws one sentence. */
export function parsePublicKey(text: string): RsaPublicKey {
  const pem = PEM.exec(text)?.[1]
  const { modulus, exponent } = pem === undefined ? fromJwk(text) : fromDer(decode(pem.replace(/\s/g, '')))
  const bits = modulus.toString(2).length
  if (bits < MIN_BITS || bits > MAX_BITS) throw new Error(`has ${bits} bits, ${MIN_BITS} to ${MAX_BITS} are accepted`)
  if (modulus % 2n === 0n || exponent !== EXPONENT) throw new Error(`needs an odd modulus and the exponent ${EXPONENT}`)
  return { modulus, exponent, bytes: Math.ceil(bits / 8) }
}

function fromJwk(text: string): { modulus: bigint; exponent: bigint } {
  try {
    const { n, e } = jwkSchema.parse(JSON.parse(text))
    return { modulus: fromBase64Url(n), exponent: fromBase64Url(e) }
  } catch {
    throw new Error('is neither an RSA public key in PEM (BEGIN PUBLIC KEY) nor an RSA JWK')
  }
}

function fromBase64Url(text: string): bigint {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/')
  return toBigInt(decode(base64.padEnd(Math.ceil(base64.length / 4) * 4, '=')))
}

function decode(base64: string): Uint8Array {
  const bytes = decodeBase64(base64)
  if (bytes === undefined || bytes.length === 0) throw new Error('is no base64')
  return bytes
}

/** SubjectPublicKeyInfo → the two integers; every length has to fit exactly. */
function fromDer(der: Uint8Array): { modulus: bigint; exponent: bigint } {
  const info = whole(der, TAG.sequence)
  const algorithm = RSA_ENCRYPTION.length / 2
  if (bytesToHex(info.slice(0, algorithm)) !== `0x${RSA_ENCRYPTION}`) throw new Error('is no RSA key')
  const bits = whole(info.slice(algorithm), TAG.bitString)
  if (bits[0] !== 0) throw new Error('is no RSA key')
  const numbers = whole(bits.slice(1), TAG.sequence)
  const modulus = element(numbers, TAG.integer)
  const exponent = whole(modulus.rest, TAG.integer)
  return { modulus: toBigInt(modulus.content), exponent: toBigInt(exponent) }
}

/** The content of the one element that fills the bytes. */
function whole(bytes: Uint8Array, tag: number): Uint8Array {
  const { content, rest } = element(bytes, tag)
  if (rest.length > 0) throw new Error('is no well-formed DER')
  return content
}

function element(bytes: Uint8Array, tag: number): { content: Uint8Array; rest: Uint8Array } {
  const first = bytes[1] ?? 0
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const start = 2 + lengthBytes
  const length = lengthBytes === 0 ? first : Number(toBigInt(bytes.slice(2, start)))
  if (bytes[0] !== tag || lengthBytes > 2 || bytes.length < start + length) throw new Error('is no well-formed DER')
  return { content: bytes.slice(start, start + length), rest: bytes.slice(start + length) }
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : hexToBigInt(bytesToHex(bytes))
}
