/** Signatures in WebAssembly: byte for byte those of viem, by known vectors of RFC 6979 for this curve, too. */
import { describe, expect, test } from 'bun:test'
import { type Hex, concat, keccak256, numberToHex, sha256, size, slice, stringToBytes, toHex } from 'viem'
import { privateKeyToAddress, sign } from 'viem/accounts'
import { isSignedBy, toForwarderSignature } from '../host/chain/report'
import { recoverSigner, signDigest } from '../host/chain/secp256k1'

/** Order of the curve's group. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const word = (value: bigint): Hex => numberToHex(value, { size: 32 })

/** Keys and digests at the ends of their ranges, and many between. */
const EDGES = [1n, 2n, ORDER / 2n, ORDER / 2n + 1n, ORDER - 2n, ORDER - 1n].map(word)
const DIGESTS = [0n, 1n, ORDER / 2n, ORDER - 1n].map(word)
/** Others that no hash has ever been; their signatures may differ. */
const ABOVE = [ORDER, ORDER + 1n, 2n ** 256n - 1n].map(word)
const pairs = [
  ...EDGES.flatMap((privateKey) => DIGESTS.map((digest) => ({ privateKey, digest }))),
  ...Array.from({ length: 200 }, (_, index) => ({
    privateKey: keccak256(numberToHex(index)),
    digest: sha256(numberToHex(index)),
  })),
]

describe('secp256k1:', () => {
  // Published with Bitcoin Core's and other libraries' tests: key, message, r and s.
  test.each<[Hex, string, string]>([
    [
      word(1n),
      'Satoshi Nakamoto',
      '934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5',
    ],
    [
      word(1n),
      'All those moments will be lost in time, like tears in rain. Time to die...',
      '8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21',
    ],
    [
      word(ORDER - 1n),
      'Satoshi Nakamoto',
      'fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d06b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5',
    ],
    [
      '0xf8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181',
      'Alan Turing',
      '7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea',
    ],
  ])('key %s signs %j as is known', async (privateKey, message, known) => {
    const signature = await signDigest({ digest: sha256(stringToBytes(message)), privateKey })
    expect(signature.slice(2, 130)).toBe(known)
  })

  test(`${pairs.length} keys sign what viem signs, and are recovered`, async () => {
    for (const { privateKey, digest } of pairs) {
      const signature = await signDigest({ digest, privateKey })
      expect(signature).toBe(await sign({ hash: digest, privateKey, to: 'hex' }))
      const signer = await recoverSigner({ digest, signature: toForwarderSignature(signature) })
      expect(signer).toBe(privateKeyToAddress(privateKey))
    }
  })

  test('a digest above the order is signed, and its signer recovered', async () => {
    for (const digest of ABOVE) {
      const signature = toForwarderSignature(await signDigest({ digest, privateKey: word(5n) }))
      expect(await isSignedBy({ digest, signature, signer: privateKeyToAddress(word(5n)) })).toBe(true)
    }
  })

  test('a key that is none does not sign', async () => {
    for (const privateKey of [word(0n), word(ORDER)]) {
      expect(signDigest({ digest: word(1n), privateKey })).rejects.toThrow('private key')
    }
  })

  test("what is no signature of the signer is nobody else's", async () => {
    const [privateKey, digest] = [word(7n), word(8n)]
    const signer = privateKeyToAddress(privateKey)
    const signature = toForwarderSignature(await signDigest({ digest, privateKey }))
    const [r, s] = [slice(signature, 0, 32), slice(signature, 32, 64)]
    expect(await isSignedBy({ digest, signature, signer })).toBe(true)
    expect(await isSignedBy({ digest, signature, signer: signer.toLowerCase() as Hex })).toBe(true)
    const wrong: Hex[] = [
      '0x',
      slice(signature, 0, 64),
      concat([signature, '0x00']),
      concat([r, s, signature.endsWith('0') ? '0x01' : '0x00']),
      ...(['0x02', '0x03', '0x1b', '0xff'] as const).map((v) => concat([r, s, v])),
      concat([word(0n), s, '0x00']),
      concat([r, word(0n), '0x00']),
      concat([word(ORDER), s, '0x00']),
      concat([r, word(ORDER), '0x00']),
      toHex(new Uint8Array(65)),
    ]
    for (const other of wrong) {
      expect({ other, signed: await isSignedBy({ digest, signature: other, signer }) }).toEqual({
        other,
        signed: false,
      })
    }
    expect(await isSignedBy({ digest: word(9n), signature, signer })).toBe(false)
    expect(size(signature)).toBe(65)
  })
})
