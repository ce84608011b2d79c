/** What Chainlink's KeystoneForwarder does with our reports, and what the delivery makes of it. */
import { beforeEach, describe, expect, test } from 'bun:test'
import {
  type Address,
  type Hex,
  concat,
  decodeErrorResult,
  encodeFunctionData,
  getAddress,
  hexToBigInt,
  numberToHex,
  parseAbi,
  size,
  slice,
} from 'viem'
import type { JournalEvent } from '../host/base/journal'
import { forwarderAbi, getTransmission } from '../host/chain/forwarder'
import { encodeContext, encodeHeader, toForwarderSignature } from '../host/chain/report'
import { RpcRefused } from '../host/chain/rpc'
import { type Transmission, transmitReport } from '../host/chain/transmit'
import { ACCOUNTS, mined } from './support/fixture'
import { signAnything, transmitterAt } from './support/keys'
import { openChainStage } from './support/stage'

/** A receiver that speaks ERC-165 and accepts every report, unless its first storage word is set. */
const RECEIVER_CODE =
  '0x60003560e01c6301ffc9a714601657600054602c57005b60043560e01c63ffffffff141560005260206000f35b60006000fd'
const RECEIVER = getAddress('0x00000000000000000000000000000000000feed1')
const STRANGER = getAddress('0x00000000000000000000000000000000000feed2')
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const GAS = 1_000_000n

const { chain, donFile, don } = await openChainStage()
const transmitter = transmitterAt({ donFile, don, slot: 0 })
let events: JournalEvent[]
let executions = 0

beforeEach(async () => {
  events = []
  await chain.rpc('anvil_setCode', [RECEIVER, RECEIVER_CODE])
  await deny(false)
})

const deny = (denied: boolean) =>
  chain.rpc('anvil_setStorageAt', [RECEIVER, numberToHex(0, { size: 32 }), numberToHex(denied ? 1 : 0, { size: 32 })])

type Shape = { signers?: number[]; donId?: number; context?: Hex; executionId?: Hex; receiver?: Address }

/** A report signed by these nodes; a new execution unless one is named. */
async function reportOf({
  signers = [0, 1],
  donId = don.donId,
  context,
  executionId,
  receiver = RECEIVER,
}: Shape = {}) {
  const id = executionId ?? numberToHex(++executions, { size: 32 })
  const header = encodeHeader({
    executionId: id,
    timestamp: 1_790_000_000,
    donId,
    configVersion: don.configVersion,
    workflowId: numberToHex(7, { size: 32 }),
    workflowName: 'test',
    workflowOwner: ACCOUNTS.deployer,
    reportId: 1,
  })
  const rawReport = concat([header, '0xc0ffee'])
  const signed = context ?? encodeContext({ configDigest: numberToHex(9, { size: 32 }), seqNr: 1 })
  const signatures = await Promise.all(
    signers.map(async (index) => {
      const privateKey = don.nodes[index]?.privateKey ?? '0x'
      return toForwarderSignature(await signAnything(privateKey)({ rawReport, context: signed }))
    }),
  )
  const transmission: Transmission = {
    id: { receiver, executionId: id, reportId: 1 },
    rawReport,
    context: signed,
    signatures,
    gasLimit: GAS,
  }
  return transmission
}

function callOf(report: Transmission, params: { from?: Address; gas?: bigint } = {}) {
  const data = encodeFunctionData({
    abi: forwarderAbi,
    functionName: 'report',
    args: [report.id.receiver, report.rawReport, report.context, report.signatures],
  })
  return {
    from: params.from ?? transmitter.address,
    to: chain.deployment.forwarder,
    data,
    gas: numberToHex(params.gas ?? GAS),
  }
}

/** Name of the error the forwarder would revert with; undefined when it accepts. */
async function refusalOf(report: Transmission, params: { gas?: bigint } = {}): Promise<string | undefined> {
  try {
    await chain.rpc('eth_call', [callOf(report, params), 'latest'])
    return undefined
  } catch (error) {
    if (!(error instanceof RpcRefused)) throw error
    return decodeErrorResult({ abi: forwarderAbi, data: error.data as Hex }).errorName
  }
}

const route = () => ({
  rpc: chain.rpc,
  chainId: 31337,
  forwarder: chain.deployment.forwarder,
  transmitter,
  journal: (event: JournalEvent) => events.push(event),
  over: new AbortController().signal,
})
const stateOf = async (report: Transmission) =>
  (await getTransmission({ rpc: chain.rpc, forwarder: chain.deployment.forwarder, id: report.id })).state
const sentCount = () => events.filter(({ event }) => event === 'transmission.sent').length

describe('forwarder: signatures', () => {
  test.each([[[0, 1]], [[2, 3]], [[3, 0]]])('any two of the four nodes: %j', async (signers) => {
    expect(await refusalOf(await reportOf({ signers }))).toBeUndefined()
  })
  test.each([[[0]], [[0, 1, 2]], [[]]])('exactly f+1, not %j', async (signers) => {
    expect(await refusalOf(await reportOf({ signers }))).toBe('InvalidSignatureCount')
  })
  test('not one node twice', async () => {
    expect(await refusalOf(await reportOf({ signers: [1, 1] }))).toBe('DuplicateSigner')
  })
  test('not with a recovery byte of 27 or 28', async () => {
    const report = await reportOf()
    const signatures = report.signatures.map((signature) =>
      concat([slice(signature, 0, 64), numberToHex(27 + Number(slice(signature, 64)), { size: 1 })]),
    )
    expect(await refusalOf({ ...report, signatures })).toBe('InvalidSigner')
  })
  test('not by a stranger, nor over another report', async () => {
    const [report, other] = [await reportOf(), await reportOf()]
    expect(await refusalOf({ ...report, signatures: other.signatures })).toBe('InvalidSigner')
  })
  test('high-s is accepted: the transmission stops the replay', async () => {
    const report = await reportOf()
    const signatures = report.signatures.map((signature) => {
      const s = CURVE_ORDER - hexToBigInt(slice(signature, 32, 64))
      const v = 1 - Number(slice(signature, 64))
      return concat([slice(signature, 0, 32), numberToHex(s, { size: 32 }), numberToHex(v, { size: 1 })])
    })
    expect(await refusalOf({ ...report, signatures })).toBeUndefined()
    await transmitReport(route(), report)
    expect(await refusalOf({ ...report, signatures })).toBe('AlreadyAttempted')
  })
})

describe('forwarder: reports', () => {
  test('any context is accepted, if it is the one that was signed', async () => {
    expect(await refusalOf(await reportOf({ context: '0x1234' }))).toBeUndefined()
    expect(await refusalOf({ ...(await reportOf()), context: '0x1234' })).toBe('InvalidSigner')
  })
  test('another DON has no configuration', async () => {
    expect(await refusalOf(await reportOf({ donId: don.donId + 1 }))).toBe('InvalidConfig')
  })
  test('a report shorter than its header is invalid', async () => {
    expect(await refusalOf({ ...(await reportOf()), rawReport: `0x${'00'.repeat(108)}` })).toBe('InvalidReport')
  })
  test('too little gas reverts the whole transaction', async () => {
    expect(await refusalOf(await reportOf(), { gas: 200_000n })).toBe('InsufficientGasForRouting')
  })
})

describe('forwarder: delivery', () => {
  test('an accepted report is found again, not sent again', async () => {
    const report = await reportOf()
    const first = await transmitReport(route(), report)
    const second = await transmitReport(route(), report)
    expect(first).toMatchObject({ txStatus: 'success', receiver: 'success' })
    expect(second).toEqual({ txHash: first.txHash, txStatus: 'success', receiver: 'success' })
    expect([sentCount(), await stateOf(report)]).toEqual([1, 'SUCCEEDED'])
  })
  test("a receiver's revert is not repeated with the same gas", async () => {
    const report = await reportOf()
    await deny(true)
    const first = await transmitReport(route(), report)
    expect(first).toMatchObject({
      txStatus: 'success',
      receiver: 'reverted',
      errorMessage: 'receiver contract execution failure',
    })
    const second = await transmitReport(route(), report)
    expect(second).toMatchObject({ txHash: first.txHash, receiver: 'reverted' })
    expect([sentCount(), await stateOf(report)]).toEqual([1, 'FAILED'])
  })
  test('a refused report stays valid, also for a stranger', async () => {
    const report = await reportOf()
    await deny(true)
    await transmitReport(route(), report)
    await deny(false)
    await chain.rpc('anvil_setBalance', [STRANGER, numberToHex(10n ** 18n)])
    await chain.rpc('anvil_impersonateAccount', [STRANGER])
    await mined(chain, callOf(report, { from: STRANGER }))
    expect(await stateOf(report)).toBe('SUCCEEDED')
  })
  test('with much more gas a failed report is tried again', async () => {
    const report = await reportOf()
    await deny(true)
    await transmitReport(route(), { ...report, gasLimit: 400_000n })
    await deny(false)
    expect(await transmitReport(route(), { ...report, gasLimit: 3_000_000n })).toMatchObject({ receiver: 'success' })
    expect(sentCount()).toBe(2)
  })
  test('what is no receiver is refused for good, with its name', async () => {
    const report = await reportOf({ receiver: STRANGER })
    const outcome = await transmitReport(route(), report)
    expect(outcome.errorMessage).toBe(
      `invalid receiver ${STRANGER}: contract does not implement the IReceiver interface`,
    )
    await transmitReport(route(), report)
    expect([sentCount(), await stateOf(report)]).toEqual([1, 'INVALID_RECEIVER'])
  })
  test('foreign signatures cost no transaction and are named', async () => {
    const [report, other] = [await reportOf(), await reportOf()]
    const forged = transmitReport(route(), { ...report, signatures: other.signatures })
    await expect(forged).rejects.toThrow('the forwarder refuses the report: InvalidSigner(')
    expect(sentCount()).toBe(0)
  })
  test('too low a gas limit is refused before anything is sent', async () => {
    const report = await reportOf()
    await expect(transmitReport(route(), { ...report, gasLimit: 200_499n })).rejects.toThrow(
      'gas limit 200499 is below 200500',
    )
  })
  test('a nonce that another process used up is asked for again', async () => {
    const [first, second] = [await reportOf(), await reportOf()]
    const outcomes = await Promise.all([transmitReport(route(), first), transmitReport(route(), second)])
    expect(outcomes.map(({ receiver }) => receiver)).toEqual(['success', 'success'])
  })
  test('a stranger who delivers first makes the hash his, not ours', async () => {
    const report = await reportOf()
    await chain.rpc('anvil_setBalance', [STRANGER, numberToHex(10n ** 18n)])
    await chain.rpc('anvil_impersonateAccount', [STRANGER])
    const { transactionHash } = await mined(chain, callOf(report, { from: STRANGER }))
    expect(await transmitReport(route(), report)).toMatchObject({ txHash: transactionHash, receiver: 'success' })
    expect(sentCount()).toBe(0)
  })
})

describe('forwarder: configuration', () => {
  const abi = parseAbi(['function setConfig(uint32 donId, uint32 configVersion, uint8 f, address[] signers)'])
  const address = (index: number): Address => numberToHex(index + 1, { size: 20 })
  const attempt = (f: number, signers: Address[], from: Address = ACCOUNTS.deployer) => {
    const data = encodeFunctionData({ abi, functionName: 'setConfig', args: [99, 1, f, signers] })
    return chain.rpc('eth_call', [{ from, to: chain.deployment.forwarder, data }, 'latest'])
  }
  const many = (count: number) => Array.from({ length: count }, (_, index) => address(index))

  test.each([
    [1, 4],
    [2, 7],
    [10, 31],
  ])('f=%i with %i signers is accepted', async (f, count) => {
    expect(await attempt(f, many(count))).toBe('0x')
  })
  test.each([
    [0, 4],
    [1, 3],
    [2, 6],
    [1, 32],
  ])('f=%i with %i signers is refused', async (f, count) => {
    await expect(attempt(f, many(count))).rejects.toThrow()
  })
  test('a signer twice, or a stranger as owner, is refused', async () => {
    await expect(attempt(1, [...many(3), address(0)])).rejects.toThrow()
    await expect(attempt(1, many(4), STRANGER)).rejects.toThrow()
  })
})

test('forwarder: the receiver gets 64 bytes of metadata', async () => {
  const { rawReport } = await reportOf()
  expect(size(slice(rawReport, 45, 109))).toBe(64)
})
