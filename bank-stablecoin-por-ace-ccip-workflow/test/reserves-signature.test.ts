/** RSA-SHA256 without Web Crypto, judged by OpenSSL's own keys, and by blocks that lenient verifiers accept. */
import { describe, expect, test } from 'bun:test'
import { constants, createHash, createSign, generateKeyPairSync, privateEncrypt } from 'node:crypto'
import { decodeBase64 } from '../workflow/rsa/base64'
import { parsePublicKey } from '../workflow/rsa/public-key'
import { verifyPkcs1Sha256 } from '../workflow/rsa/verify'

const generate = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })
const pemOf = (pair: ReturnType<typeof generate>): string =>
  pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()

const pair = generate(2048)
const key = parsePublicKey(pemOf(pair))
const message = new TextEncoder().encode('{"totalReserve":"12345678.90"}')
const digest = createHash('sha256').update(message).digest('hex')
const DIGEST_INFO = '3031300d060960864801650304020105000420'

/** The signature whose block is exactly this, padded with zeros on the right to the key's length. */
function signBlock(hex: string): Uint8Array {
  const block = Buffer.from(hex.padEnd(512, '0'), 'hex')
  return privateEncrypt({ key: pair.privateKey, padding: constants.RSA_NO_PADDING }, block)
}
const padded = (tail: string, separator = '00'): string =>
  `0001${'ff'.repeat(256 - 2 - separator.length / 2 - tail.length / 2)}${separator}${tail}`

describe('RSA: signatures', () => {
  for (const bits of [2048, 3072, 4096]) {
    test(`OpenSSL's ${bits} bits verify, for PEM and JWK`, () => {
      const signer = generate(bits)
      const signature = createSign('RSA-SHA256').update(message).sign(signer.privateKey)
      const jwk = JSON.stringify(signer.publicKey.export({ format: 'jwk' }))
      for (const text of [pemOf(signer), jwk]) {
        expect(verifyPkcs1Sha256({ key: parsePublicKey(text), signature, message })).toBe(true)
      }
    })
  }
  test('the block of the standard is accepted', () => {
    expect(verifyPkcs1Sha256({ key, signature: signBlock(padded(`${DIGEST_INFO}${digest}`)), message })).toBe(true)
  })
  const forged: [string, string][] = [
    ['short padding with a tail after the digest', `0001${'ff'.repeat(8)}00${DIGEST_INFO}${digest}`],
    ['no padding bytes', `000100${DIGEST_INFO}${digest}`],
    ['padding of another byte', padded(`${DIGEST_INFO}${digest}`).replace('ffff', 'ffee')],
    ['block type 2', padded(`${DIGEST_INFO}${digest}`).replace('0001', '0002')],
    ['no separator', padded(`${DIGEST_INFO}${digest}`, 'ff')],
    ['DigestInfo without NULL', padded(`302f300b06096086480165030402010420${digest}`)],
    ['a bare digest', padded(digest)],
    ['the identifier of SHA-1', padded(`3021300906052b0e03021a05000414${digest.slice(0, 40)}`)],
    ['the identifier of SHA-512', padded(`3051300d060960864801650304020305000440${digest}${digest}`)],
    ['a long-form length', padded(`308131300d060960864801650304020105000420${digest}`)],
    ['another digest', padded(`${DIGEST_INFO}${'ab'.repeat(32)}`)],
  ]
  test.each(forged)('refused: %s', (_name, block) => {
    expect(verifyPkcs1Sha256({ key, signature: signBlock(block), message })).toBe(false)
  })
  test('refused: other lengths, values, keys and messages', () => {
    const signature = createSign('RSA-SHA256').update(message).sign(pair.privateKey)
    const beyond = Buffer.from(
      (BigInt(`0x${signature.toString('hex')}`) + key.modulus).toString(16).padStart(512, '0'),
      'hex',
    )
    const other = parsePublicKey(pemOf(generate(2048)))
    for (const bad of [
      signature.subarray(1),
      Buffer.concat([Buffer.alloc(1), signature]),
      Buffer.alloc(256),
      Buffer.alloc(0),
      beyond,
    ]) {
      expect(verifyPkcs1Sha256({ key, signature: bad, message })).toBe(false)
    }
    expect(verifyPkcs1Sha256({ key: other, signature, message })).toBe(false)
    expect(verifyPkcs1Sha256({ key, signature, message: message.slice(1) })).toBe(false)
  })
})

describe('RSA: public keys', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString()
  const pkcs1 = pair.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const cut = pemOf(pair).replace(/\n([^\n]+)\n([^\n]+)\n-----END/, '\n-----END')
  test.each([
    ['1024 bits', pemOf(generate(1024)), '1024 bits'],
    ['exponent 3', pemOf(generate(2048, 3)), 'the exponent 65537'],
    ['an elliptic curve', ec, 'no RSA key'],
    ['PKCS #1 PEM', pkcs1, 'neither an RSA public key in PEM'],
    ['a cut PEM', cut, 'is no'],
    ['words', 'my key', 'neither an RSA public key in PEM'],
    ['a JWK of another kind', '{"kty":"EC","n":"AQAB","e":"AQAB"}', 'neither an RSA public key in PEM'],
  ])('refused: %s', (_name, text, reason) => expect(() => parsePublicKey(text)).toThrow(reason))
})

describe('base64', () => {
  test('is decoded as Node does', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = createHash('shake256', { outputLength: length }).update(String(length)).digest()
      expect(decodeBase64(bytes.toString('base64'))).toEqual(new Uint8Array(bytes))
    }
  })
  test.each(['A', 'AA', 'AAA', 'AB==', 'AAB=', 'AA=A', 'A A=', 'AA-_', '====', 'AAAA='])(
    '%p has no meaning',
    (text) => {
      expect(decodeBase64(text)).toBeUndefined()
    },
  )
})
