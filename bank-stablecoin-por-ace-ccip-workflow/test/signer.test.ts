/** What the signer signs, and everything that it refuses: reports that nobody asked it for, and transactions that deliver none. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  type Hex,
  concat,
  encodeFunctionData,
  numberToHex,
  parseTransaction,
  recoverAddress,
  recoverTransactionAddress,
} from 'viem'
import { SigningRefused } from '../host/base/errors'
import { forwarderAbi } from '../host/chain/forwarder'
import { type SignableReport, encodeContext, encodeHeader, reportDigest } from '../host/chain/report'
import type { UnsignedCall } from '../host/chain/transaction'
import { type DonDescription, type DonFile, readTransmitters, separateKeys } from '../host/don/don-file'
import { claimOf, claimWithoutPayload } from '../host/signer/claim'
import { createSigner } from '../host/signer/signer'
import { INSTRUCTION, type ReportBody, encodeReportBody } from '../workflow/chain/report'
import { bankReferenceToBytes32 } from '../workflow/orders/reference'

const FIXTURE_DIR = process.env['FIXTURE_DIR'] ?? path.resolve(import.meta.dir, '../../target/fixture')
const donFile = path.join(FIXTURE_DIR, 'don.json')
const file = JSON.parse(readFileSync(donFile, 'utf8')) as DonFile

const NOW = 1_790_000_000
const GAS = 5_000_000n
const address = (digit: string) => `0x${digit.repeat(40)}` as const
const word = (digit: string) => `0x${digit.repeat(64)}` as const
const [stablecoin, consumer, account, thief] = [address('1'), address('2'), address('3'), address('4')]

const { keys, ...known } = separateKeys({ don: file, transmitters: readTransmitters({ donFile, don: file }) })
const description: DonDescription = {
  ...known,
  chain: { name: 'anvil-devnet', selector: 1n, chainId: 31337, rpcUrl: 'http://unused', forwarder: address('5') },
  identity: { workflowId: word('6'), workflowName: file.workflowName, workflowOwner: file.workflowOwner },
  shownId: word('6'),
}
const { don, chain, identity, configDigest } = description
const signer = createSigner({ keys, description, gas: GAS, nowMillis: () => NOW * 1000 })
const [node] = don.nodes

const order = { bankRef: word('a'), account, amount: 1000n }
const other = { bankRef: word('b'), account: address('7'), amount: 5n }
const payload = (orders: object[] = [order, other], more: object = {}) => ({
  ...{ version: 1, chainId: chain.chainId, stablecoin, consumer, validUntil: NOW + 600 },
  orders: orders.map((claimed) =>
    JSON.parse(JSON.stringify(claimed, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))),
  ),
  ...more,
})

/** Opens a run of this payload; without one its trigger is another. */
async function openRun(claimed: unknown = payload(), executionId: Hex = word('e')): Promise<void> {
  signer.open(await claimOf({ executionId, transmitterSlot: 1, payload: claimed, decimals: async () => 6 }))
}
beforeEach(() => openRun())

type Header = Parameters<typeof encodeHeader>[0]

function reportOf(body: Partial<ReportBody> = {}, header: Partial<Header> = {}, seqNr = 1): SignableReport {
  const encoded = encodeReportBody({
    ...{ instruction: INSTRUCTION.mint, chainId: chain.chainId, consumer, validUntil: NOW + 600 },
    ...{ reserves: { amount: 10n ** 24n, observedAt: NOW }, orders: [order] },
    ...body,
  })
  return { rawReport: concat([headerOf(header), encoded]), context: encodeContext({ configDigest, seqNr }) }
}

function headerOf(change: Partial<Header> = {}): Hex {
  const { donId, configVersion } = don
  return encodeHeader({
    ...identity,
    executionId: word('e'),
    timestamp: NOW,
    donId,
    configVersion,
    reportId: 3,
    ...change,
  })
}

/** What is signed by a node: the reason when it is nothing. */
async function told(report: SignableReport): Promise<string> {
  try {
    const signature = await signer.signReport(node?.name ?? '', report)
    const signedBy = await recoverAddress({ hash: reportDigest(report), signature })
    return signedBy === node?.address ? 'signed' : `signed by ${signedBy}`
  } catch (error) {
    if (error instanceof SigningRefused) return error.message
    throw error
  }
}

const none = 'is none of this run'

describe('signer: a report', () => {
  test('for orders of the run, or an attestation, is signed', async () => {
    expect(await told(reportOf())).toBe('signed')
    expect(await told(reportOf({ orders: [other, order] }))).toBe('signed')
    expect(await told(reportOf({ instruction: INSTRUCTION.attest, orders: [] }))).toBe('signed')
  })

  test.each<[string, Partial<ReportBody>, string]>([
    ['another beneficiary', { orders: [{ ...order, account: thief }] }, none],
    ['another amount', { orders: [{ ...order, amount: 1001n }] }, none],
    ['another reference', { orders: [{ ...order, bankRef: word('c') }] }, none],
    ["one order's reference with another's amount", { orders: [{ ...order, bankRef: other.bankRef }] }, none],
    ['an order twice', { orders: [order, order] }, 'one reference'],
    ['one order more', { orders: [order, other, { ...order, bankRef: word('c') }] }, none],
    ['another consumer', { consumer: thief }, 'the run is not for'],
    ['another chain', { chainId: 1 }, 'for chain 1'],
    ['a later end', { validUntil: NOW + 601 }, 'longer than its run'],
    ['an attestation with orders', { instruction: INSTRUCTION.attest }, 'instruction 3 with 1 orders'],
    ['a mint without orders', { orders: [] }, 'instruction 1 with 0 orders'],
    ['another instruction', { instruction: 2 as 1 }, 'instruction 2'],
    ['an attestation for ever', { instruction: INSTRUCTION.attest, orders: [], validUntil: NOW + 961 }, 'too long'],
  ])('with %s is not', async (_what, body, reason) => {
    expect(await told(reportOf(body))).toContain(reason)
  })

  test.each<[string, Partial<Header>, string]>([
    ['another execution', { executionId: word('f') }, 'another execution'],
    ['another workflow', { workflowId: word('f') }, 'not of this workflow'],
    ["another workflow's name", { workflowName: 'thief' }, 'not of this workflow'],
    ["another workflow's owner", { workflowOwner: thief }, 'not of this workflow'],
    ['another DON', { donId: 2 }, 'not of this workflow'],
    ["another configuration's version", { configVersion: 2 }, 'not of this workflow'],
  ])('of %s is not', async (_what, header, reason) => {
    expect(await told(reportOf({}, header))).toContain(reason)
  })

  test('that is none is not signed', async () => {
    const { rawReport, context } = reportOf()
    const bodies: Hex[] = ['0x', '0x00', numberToHex(0, { size: 320 }), concat([slice(rawReport), '0x00'])]
    for (const body of bodies) {
      expect(await told({ rawReport: concat([headerOf(), body]), context })).toMatch(/no \d+ bytes|the body/)
    }
    expect(await told({ rawReport: '0x', context })).toContain('no 0 bytes')
    for (const wrong of [
      '0x',
      word('1'),
      encodeContext({ configDigest: word('1'), seqNr: 1 }),
      concat([context, '0x00']),
    ] as const) {
      expect(await told({ rawReport, context: wrong })).toBe('the context is not of this DON')
    }
  })

  test('of an earlier run, or between two runs, is not signed', async () => {
    const old = reportOf()
    expect(await told(old)).toBe('signed')
    await openRun(payload(), word('f'))
    expect(await told(old)).toBe('the report is of another execution')
    signer.close()
    expect(await told(reportOf({}, { executionId: word('f') }))).toBe('no run is open')
  })

  test('of a run without payload is an attestation of any basket', async () => {
    signer.open(claimWithoutPayload({ executionId: word('e'), transmitterSlot: 1 }))
    const attestation = { instruction: INSTRUCTION.attest, orders: [] }
    expect(await told(reportOf(attestation))).toBe('signed')
    expect(await told(reportOf({ ...attestation, consumer: thief }))).toBe('signed')
    expect(await told(reportOf())).toContain(none)
  })

  test('of a run whose payload names no basket is not signed', async () => {
    await openRun(null)
    expect(await told(reportOf({ instruction: INSTRUCTION.attest, orders: [] }))).toContain('the run is not for')
  })

  test('for a malformed order or another consumer is not signed', async () => {
    await openRun(payload([{ ...order, account: 'nobody' }, other]))
    expect([await told(reportOf()), await told(reportOf({ orders: [other] }))]).toEqual([
      expect.stringContaining(none),
      'signed',
    ])
    await openRun(payload([order], { consumer: thief }))
    expect(await told(reportOf())).toBe(`the run is not for ${consumer}`)
  })

  test('by hand: one reference for each order; an MT103 has its own', async () => {
    await openRun(payload([{ account, amount: 1000n }, order], { validUntil: undefined }))
    expect(await told(reportOf({ orders: [{ ...order, bankRef: word('c') }, order] }))).toBe('signed')
    expect(
      await told(
        reportOf({
          orders: [
            { ...order, bankRef: word('c') },
            { ...order, bankRef: word('d') },
          ],
        }),
      ),
    ).toContain(none)
    expect(await told(reportOf({ validUntil: NOW + 961 }))).toContain('longer than its run')
    const message = {
      ...{
        messageType: 'MT103',
        stablecoin,
        consumer,
        transactionId: '1',
        beneficiary: { account },
        amount: '12.50',
        currency: 'USD',
      },
      bankReference: 'INV-1',
    }
    await openRun(message)
    const minted = { bankRef: bankReferenceToBytes32('INV-1'), account, amount: 12_500_000n }
    expect(await told(reportOf({ orders: [minted] }))).toBe('signed')
    expect(await told(reportOf({ orders: [{ ...minted, amount: 12_500_001n }] }))).toContain(none)
  })

  test('is one of twenty of its run', async () => {
    for (let seqNr = 1; seqNr <= 20; seqNr++) expect(await told(reportOf({}, {}, seqNr))).toBe('signed')
    expect(await told(reportOf({}, {}, 21))).toContain('20 reports at most')
    expect(await told(reportOf({}, {}, 1))).toBe('signed')
  })
})

/** The body of a raw report. */
function slice(rawReport: Hex): Hex {
  return `0x${rawReport.slice(2 + 109 * 2)}`
}

describe('signer: a transaction', () => {
  const deliver = (report: SignableReport, receiver = consumer): Hex =>
    encodeFunctionData({
      abi: forwarderAbi,
      functionName: 'report',
      args: [receiver, report.rawReport, report.context, ['0x00', '0x01']],
    })
  const call = (change: Partial<UnsignedCall> = {}): UnsignedCall => ({
    ...{ chainId: chain.chainId, nonce: 7, to: chain.forwarder, data: deliver(reportOf()), gas: GAS },
    ...{ maxFeePerGas: 3n, maxPriorityFeePerGas: 1n },
    ...change,
  })
  const tell = (change: Partial<UnsignedCall> = {}, slot = 1): Promise<string> =>
    signer.signTransaction(slot, call(change)).then(
      () => 'signed',
      (error: unknown) => (error instanceof SigningRefused ? error.message : Promise.reject(error)),
    )
  beforeEach(async () => void (await told(reportOf())))

  test('that delivers a report of the run is signed, without value', async () => {
    const signed = (await signer.signTransaction(1, call())) as `0x02${string}`
    expect(await recoverTransactionAddress({ serializedTransaction: signed })).toBe(description.transmitters[1] as Hex)
    const { value, nonce, to } = parseTransaction(signed)
    expect({ value, nonce, to }).toEqual({ value: undefined as never, nonce: 7, to: chain.forwarder })
  })

  test.each<[string, Partial<UnsignedCall>, string]>([
    ['goes elsewhere', { to: thief }, 'is no forwarder'],
    ['is for another chain', { chainId: 1 }, 'for chain 1'],
    ['has more gas', { gas: GAS + 1n }, 'gas 5000001'],
    ['offers a fortune', { maxFeePerGas: 10n ** 13n + 1n }, 'out of bounds'],
    ['tips more than it offers', { maxPriorityFeePerGas: 4n }, 'out of bounds'],
    ['calls nothing', { data: '0x' }, 'does not call report'],
    [
      'calls something else',
      { data: encodeFunctionData({ abi: forwarderAbi, functionName: 'typeAndVersion' }) },
      'does not call report',
    ],
    ['brings more bytes', { data: concat([deliver(reportOf()), '0x00']) }, 'does not call report'],
    ['delivers to somebody else', { data: deliver(reportOf(), thief) }, 'no report of this run'],
    ['delivers what was not signed', { data: deliver(reportOf({ orders: [other] })) }, 'no report of this run'],
  ])('that %s is not', async (_what, change, reason) => {
    expect(await tell(change)).toContain(reason)
  })

  test('of another transmitter or an earlier run is not signed', async () => {
    expect(await tell({}, 0)).toContain('transmitter 0 is not the one')
    expect(await tell({}, 99)).toContain('transmitter 99 is not the one')
    await openRun(payload(), word('f'))
    expect(await tell()).toContain('no report of this run')
    signer.close()
    expect(await tell()).toBe('no run is open')
  })
})
