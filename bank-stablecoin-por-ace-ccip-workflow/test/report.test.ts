/** Golden vectors, computed apart from this code (Python's hashlib, Go, cast keccak and cast wallet sign). */
import { describe, expect, test } from 'bun:test'
import { type Hex, concat } from 'viem'
import {
  encodeContext,
  encodeHeader,
  encodedNameOf,
  isSignedBy,
  reportDigest,
  toForwarderSignature,
} from '../host/chain/report'
import { executionIdOf, shownIdOf, workflowIdOf } from '../host/don/identity'
import { readArtifact } from '../host/run/artifact'
import { fnv1a64 } from '../host/run/seed'
import vectors from './fixtures/workflow-id.json'
import { signAnything } from './support/keys'

const word = (digit: string) => `0x${digit.repeat(64)}` as const
const owner = `0x${'3'.repeat(40)}` as const

const header = encodeHeader({
  executionId: word('1'),
  timestamp: 1790000000,
  donId: 7,
  configVersion: 3,
  workflowId: word('2'),
  workflowName: 'bank-stablecoin-mint',
  workflowOwner: owner,
  reportId: 5,
})
const context = encodeContext({ configDigest: word('4'), seqNr: 9 })
const digest = '0x29da919f95423cee4dc2c14e6c18c4b83e0c2ecd9ccd4e3bdf946229d5a9bcfd'

test("report: the header is 109 bytes in the forwarder's order", () => {
  expect<string>(header).toBe(
    '0x01' +
      '1111111111111111111111111111111111111111111111111111111111111111' +
      '6ab13b80' +
      '00000007' +
      '00000003' +
      '2222222222222222222222222222222222222222222222222222222222222222' +
      '36623334333739626238' +
      '3333333333333333333333333333333333333333' +
      '0005',
  )
})

test('report: its id is the low 16 bits of the call number', () => {
  const other = encodeHeader({
    executionId: word('1'),
    timestamp: 0,
    donId: 0,
    configVersion: 0,
    workflowId: word('2'),
    workflowName: '',
    workflowOwner: owner,
    reportId: 0x1_0002,
  })
  expect(other.slice(-4)).toBe('0002')
})

test('report: the context is digest, epoch, round and zeros', () => {
  expect(context).toBe(`0x${'4'.repeat(64)}${'0'.repeat(54)}0000000900${'0'.repeat(64)}`)
})

test('report: the digest hashes the hashed report with context', () => {
  expect(reportDigest({ rawReport: concat([header, '0xdeadbeef']), context })).toBe(digest)
})

test('report: signatures are deterministic, with v of 0 or 1', async () => {
  const report = { rawReport: concat([header, '0xdeadbeef']), context }
  const signature = toForwarderSignature(await signAnything(word('5'))(report))
  expect(signature).toBe(
    '0x6cde01d084923610da199998d0716203ed1688278eca90fad5248d60edbfbf2f72dada31bd86556aa3c5973a9894f31c618a41a67ae3d2eb57f7be3f4ff3e9f300',
  )
  const signer = '0xe1fAE9b4fAB2F5726677ECfA912d96b0B683e6a9'
  expect(await isSignedBy({ digest, signature, signer })).toBe(true)
  expect(await isSignedBy({ digest: word('6'), signature, signer })).toBe(false)
  expect(await isSignedBy({ digest, signature: '0x00', signer })).toBe(false)
})

describe('ids', () => {
  const encode = (text: string) => new TextEncoder().encode(text)
  test.each(vectors.ids)('of a workflow are those of a DON: $workflowId', ({ config, workflowId }) => {
    const { owner, name, artifact } = vectors
    const binary = readArtifact(encode(`${artifact}\n`))
    expect(workflowIdOf({ owner: owner as Hex, name, binary, config: encode(config) })).toBe(workflowId as Hex)
  })
  test('of a workflow that was not built for a DON say so', () => {
    const workflowId = word('7')
    expect(shownIdOf({ workflowId, isDeployed: true })).toBe(workflowId)
    expect(shownIdOf({ workflowId, isDeployed: false })).toBe(`local:${workflowId}`)
  })
  test.each<[string, Uint8Array | 'missing', string]>([
    ['that is not there', 'missing', 'cannot be read'],
    ['of WASM alone', encode('\0asm\x01\0\0\0'), 'is WASM that is not compressed'],
    ['of other bytes', encode('not base64!'), 'is not base64'],
    ['of nothing', encode('\n'), 'is not base64'],
    ['of other base64', encode(btoa('something else')), 'is no compressed WASM'],
  ])('an artifact %s is refused', (_name, content, reason) => {
    expect(() => readArtifact(content)).toThrow(`the file that WORKFLOW_ARTIFACT names ${reason}`)
  })
  test('of executions and names are those of a DON', () => {
    const workflowId = '0x0042fd066053fe0ecbb091993d90464cd2c328edf02268b2c36bed4147b63fe5'
    expect(executionIdOf({ workflowId, requestId: 'req-1' })).toBe(
      '0x8db19a3460f4add50586a9b1ea8e92b1354655f1c05d1e80c5fdaef74eb4a187',
    )
    expect(encodedNameOf('bank-stablecoin-mint')).toBe('0x36623334333739626238')
  })
})

test('seed: in DON mode it is FNV-1a with 64 bits', () => {
  expect(fnv1a64('foobar')).toBe(0x85944171f73967e8n)
})
