// Holds the keys of nodes and transmitters, and signs what a run may have signed, nothing else.
import { type Hex, decodeFunctionData, encodeFunctionData, keccak256, parseSignature, serializeTransaction } from 'viem'
import { SigningRefused } from '../base/errors'
import { forwarderAbi } from '../chain/forwarder'
import { type SignableReport, encodedNameOf, reportDigest } from '../chain/report'
import { loadSecp256k1, signDigest } from '../chain/secp256k1'
import type { UnsignedCall } from '../chain/transaction'
import type { DonDescription, DonKeys } from '../don/don-file'
import type { Signatory } from '../don/ports'
import type { Claim, ClaimedOrder } from './claim'
import { type DecodedReport, assertContext, decodeReport } from './report'

/** What a report has the consumer do (workflow/chain/report.ts). */
const MINT = 1
const ATTEST = 3

/** A report is valid for 15 minutes at most, by whatever clock; the consumer refuses a later end. */
const MAX_VALIDITY_SECONDS = 15 * 60
/** What the clocks of the nodes and this one may differ by, in seconds. */
const CLOCK_SECONDS = 60
/** Different reports of one run. */
const MAX_REPORTS = 20
/** Transactions of one run: each report is replaced three times at most, and sent anew after a refusal. */
const MAX_TRANSACTIONS = 200
/** Above what any chain has ever asked for, in wei: a cap on what a run can waste of a transmitter's coin. */
const MAX_FEE_PER_GAS = 10_000n * 10n ** 9n

/** Signs for one run at a time. */
export type Signer = Signatory & {
  /** From now on what this run may have signed is signed, and nothing of an earlier one. */
  open: (claim: Claim) => void
  /** From now on nothing is signed. */
  close: () => void
}

/** A report that was signed for the run, and its digest. */
type SignedReport = { report: DecodedReport; digest: Hex }

/** A signer with these keys, for this DON. `gas` bounds a transaction. */
export function createSigner(params: {
  keys: DonKeys
  description: DonDescription
  gas: bigint
  nowMillis: () => number
}): Signer {
  const { keys, description, gas } = params
  void loadSecp256k1()
  let current: { claim: Claim; reports: Map<string, SignedReport>; transactions: number } | undefined
  const open = () => {
    if (current === undefined) throw new SigningRefused('no run is open')
    return current
  }
  return {
    open(claim) {
      current = { claim, reports: new Map(), transactions: 0 }
    },
    close() {
      current = undefined
    },
    async signReport(node, { rawReport, context }) {
      const { claim, reports } = open()
      const report = { rawReport: inOneCase(rawReport), context: inOneCase(context) }
      const privateKey = keys.nodes.get(node)
      if (privateKey === undefined) throw new SigningRefused(`there is no node ${node}`)
      let known = reports.get(bytesOf(report))
      if (known === undefined) {
        if (reports.size >= MAX_REPORTS) throw new SigningRefused(`a run has ${MAX_REPORTS} reports at most`)
        const nowSeconds = Math.floor(params.nowMillis() / 1000)
        known = {
          report: assertReport({ report, claim, description, nowSeconds }),
          digest: reportDigest(report),
        }
        reports.set(bytesOf(report), known)
      }
      return signDigest({ digest: known.digest, privateKey })
    },
    async signTransaction(slot, unsigned) {
      const state = open()
      const call = { ...unsigned, data: inOneCase(unsigned.data) }
      const privateKey = keys.transmitters[slot]
      if (privateKey === undefined || slot !== state.claim.transmitterSlot) {
        throw new SigningRefused(`transmitter ${slot} is not the one of this run`)
      }
      if (state.transactions >= MAX_TRANSACTIONS) throw new SigningRefused('the run has sent too many transactions')
      assertDelivery({ call, reports: state.reports, description, gas })
      state.transactions++
      const transaction = { type: 'eip1559', ...call } as const
      const signature = await signDigest({ digest: keccak256(serializeTransaction(transaction)), privateKey })
      return serializeTransaction(transaction, parseSignature(signature))
    },
  }
}

/** Bytes that are compared as text. */
function inOneCase(bytes: Hex): Hex {
  return bytes.toLowerCase() as Hex
}

/** What tells a report from all others; hashing it takes longer than comparing it. */
function bytesOf({ rawReport, context }: SignableReport): string {
  return `${rawReport} ${context}`
}

/** Refuses a report that is neither an attestation of the run's basket nor for orders of the run alone. */
function assertReport(params: {
  report: SignableReport
  claim: Claim
  description: DonDescription
  nowSeconds: number
}): DecodedReport {
  const { claim, description, nowSeconds } = params
  const { don, chain, identity, configDigest } = description
  assertContext({ context: params.report.context, configDigest })
  const report = decodeReport(params.report.rawReport)
  const { header } = report
  const isOurs =
    header.donId === don.donId &&
    header.configVersion === don.configVersion &&
    header.workflowId === identity.workflowId &&
    header.workflowName === encodedNameOf(identity.workflowName) &&
    header.workflowOwner.toLowerCase() === identity.workflowOwner.toLowerCase()
  if (!isOurs) throw new SigningRefused('the report is not of this workflow')
  if (header.executionId !== claim.executionId) throw new SigningRefused('the report is of another execution')
  if (report.chainId !== BigInt(chain.chainId)) throw new SigningRefused(`the report is for chain ${report.chainId}`)
  if (claim.consumer !== 'any' && report.consumer !== claim.consumer)
    throw new SigningRefused(`the run is not for ${report.consumer}`)
  if (report.redemptions > 0) throw new SigningRefused('a redemption is not claimed by any run')
  const latest = Math.min(
    claim.validUntil ?? Number.MAX_SAFE_INTEGER,
    nowSeconds + MAX_VALIDITY_SECONDS + CLOCK_SECONDS,
  )
  if (report.instruction === ATTEST && report.orders.length === 0) {
    if (report.validUntil > nowSeconds + MAX_VALIDITY_SECONDS + CLOCK_SECONDS)
      throw new SigningRefused('the report is valid for too long')
  } else if (report.instruction === MINT && report.orders.length > 0) {
    if (report.validUntil > latest) throw new SigningRefused('the report is valid for longer than its run')
    assertOrders(report, claim)
  } else {
    throw new SigningRefused(`instruction ${report.instruction} with ${report.orders.length} orders is none`)
  }
  return report
}

/** Every order of the report is one of the run's, and each of these stands for one. */
function assertOrders({ orders }: DecodedReport, claim: Claim): void {
  const open: ClaimedOrder[] = [...claim.orders]
  const references = new Set(orders.map(({ bankRef }) => bankRef))
  if (references.size < orders.length) throw new SigningRefused('two orders of the report have one reference')
  for (const { bankRef, account, amount, destination } of orders) {
    const among = (claimed: Hex | undefined) =>
      open.findIndex((order) => order.bankRef === claimed && order.account === account && order.amount === amount)
    const at = among(bankRef) < 0 ? among(undefined) : among(bankRef)
    if (at < 0 || destination !== 0n) throw new SigningRefused(`order ${bankRef} is none of this run`)
    open.splice(at, 1)
  }
}

/** Refuses a transaction that does anything but deliver a report that was signed for this run to its consumer. */
function assertDelivery(params: {
  call: UnsignedCall
  reports: ReadonlyMap<string, SignedReport>
  description: DonDescription
  gas: bigint
}): void {
  const { call } = params
  const { chain } = params.description
  if (call.chainId !== chain.chainId) throw new SigningRefused(`the transaction is for chain ${call.chainId}`)
  if (call.to.toLowerCase() !== chain.forwarder.toLowerCase()) throw new SigningRefused(`${call.to} is no forwarder`)
  if (call.gas > params.gas) throw new SigningRefused(`gas ${call.gas} is above ${params.gas}`)
  if (call.maxFeePerGas > MAX_FEE_PER_GAS || call.maxPriorityFeePerGas > call.maxFeePerGas) {
    throw new SigningRefused(`a fee of ${call.maxFeePerGas} wei is out of bounds`)
  }
  const [receiver, rawReport, context] = decodeDelivery(call.data)
  const signed = params.reports.get(bytesOf({ rawReport, context }))
  if (signed === undefined || receiver !== signed.report.consumer) {
    throw new SigningRefused('the transaction delivers no report of this run')
  }
}

function decodeDelivery(data: Hex) {
  try {
    const { functionName, args } = decodeFunctionData({ abi: forwarderAbi, data })
    if (functionName === 'report' && encodeFunctionData({ abi: forwarderAbi, functionName, args }) === data) return args
  } catch {
    // Said below.
  }
  throw new SigningRefused('the transaction does not call report')
}
