// Delivers a signed report through the forwarder, once.
import { type Address, type Hex, decodeErrorResult, encodeFunctionData, isHex, size, toHex } from 'viem'
import { CapabilityError } from '../base/errors'
import type { Journal } from '../base/journal'
import type { DeliveryMemory } from './delivery-memory'
import { type TransmissionId, findProcessed, forwarderAbi, getTransmission, processedResult } from './forwarder'
import type { Funds } from './funds'
import { type Rpc, RpcRefused, patientRpc } from './rpc'
import {
  type Draft,
  SENDING_TIMES,
  type Sending,
  type SendingTimes,
  type Transmitter,
  prepareTransaction,
  sendTransaction,
} from './transaction'

/** Gas the forwarder itself needs around the receiver's call. */
const FORWARDER_GAS = 200_000n
/** The least gas a receiver is given. */
const RECEIVER_GAS_MINIMUM = 500n
/** What a transaction costs before it does anything: once, and at most for each byte (EIP-7623). */
const TRANSACTION_GAS = 21_000n
const BYTE_GAS = 40n

/** A report on its way to a receiver, signed by exactly f+1 nodes. */
export type Transmission = { id: TransmissionId; rawReport: Hex; context: Hex; signatures: Hex[]; gasLimit: bigint }

/** Where the report ended: the transaction, and whether the receiver took it. */
export type TransmissionOutcome = {
  txHash: Hex
  txStatus: 'success' | 'reverted'
  receiver: 'success' | 'reverted'
  errorMessage?: string
  /** What this delivery cost; undefined when it was found, not sent. */
  cost?: DeliveryCost
}

/** Gas and time of a delivery; the times until the transaction was sent, and from then until it was in a block. */
export type DeliveryCost = { gasUsed: bigint; gasPriceWei: bigint; sentMillis: number; minedMillis: number }

/** The chain and key that a transmission goes through. */
export type TransmissionRoute = {
  rpc: Rpc
  chainId: number
  forwarder: Address
  transmitter: Transmitter
  journal: Journal
  /** Aborted when the run is over. */
  over: AbortSignal
  times?: SendingTimes
  /** What the chain asked for before the report was signed. */
  funds?: Funds | undefined
  memory?: DeliveryMemory | undefined
}

/** Delivers a report through the forwarder, once: what was delivered before is looked up, not sent again. */
export async function transmitReport(
  route: TransmissionRoute,
  transmission: Transmission,
): Promise<TransmissionOutcome> {
  const { gasLimit } = transmission
  if (gasLimit < RECEIVER_GAS_MINIMUM + FORWARDER_GAS) {
    throw new CapabilityError(
      'InvalidArgument',
      `gas limit ${gasLimit} is below ${RECEIVER_GAS_MINIMUM + FORWARDER_GAS}`,
    )
  }
  // The report is signed: what the endpoint cannot answer now it is asked again, for as long as a transaction may take.
  const deadline = performance.now() + (route.times ?? SENDING_TIMES).timeoutMillis
  const patient = { ...route, rpc: patientRpc(route.rpc, { deadline, over: route.over }) }
  const began = performance.now()
  const draft = draftOf(route, transmission)
  // All at once, for each takes a way to the endpoint, or to the signer.
  const rehearsed = rehearseDelivery(patient.rpc, draft, gasLimit)
  const prepared = prepareTransaction(draft)
  rehearsed.catch(() => undefined)
  const settled = await settledOutcome(patient, transmission)
  if (settled !== undefined) return settled
  return sendTransmission({ route, patient, transmission, began, rehearsed, sending: { ...draft, prepared } })
}

/** The transaction that delivers the report. */
function draftOf(route: TransmissionRoute, { id, gasLimit, ...report }: Transmission): Draft {
  const { rpc, transmitter, chainId, forwarder, funds, memory } = route
  const data = encodeFunctionData({
    abi: forwarderAbi,
    functionName: 'report',
    args: [id.receiver, report.rawReport, report.context, report.signatures],
  })
  return { rpc, transmitter, chainId, to: forwarder, data, gas: gasLimit, funds, memory }
}

/** What became of a report that was delivered before; undefined when it was not, or may be delivered again. */
async function settledOutcome(
  route: TransmissionRoute,
  { id, gasLimit }: Transmission,
): Promise<TransmissionOutcome | undefined> {
  const { rpc, forwarder, journal } = route
  const earlier = await getTransmission({ rpc, forwarder, id })
  const repeat = earlier.state === 'FAILED' && earlier.receiverGas <= gasLimit - FORWARDER_GAS
  if (earlier.state === 'NOT_ATTEMPTED' || repeat) return undefined
  const txHash = await findProcessed({ rpc, forwarder, id, result: earlier.state === 'SUCCEEDED' })
  if (txHash === undefined) {
    throw new CapabilityError(
      'NotFound',
      `the report was delivered before (${earlier.state}), its transaction is not found`,
      'System',
    )
  }
  journal({ event: 'transmission.found', txHash, state: earlier.state })
  if (earlier.state === 'SUCCEEDED') return { txHash, txStatus: 'success', receiver: 'success' }
  return { txHash, txStatus: 'success', receiver: 'reverted', errorMessage: refusalMessage(id, earlier.state) }
}

async function sendTransmission(params: {
  route: TransmissionRoute
  patient: TransmissionRoute
  transmission: Transmission
  /** As performance.now(). */
  began: number
  rehearsed: Promise<void>
  sending: Draft & Pick<Sending, 'prepared'>
}): Promise<TransmissionOutcome> {
  const { route, patient, transmission, began } = params
  const { forwarder, transmitter, journal } = route
  const { rpc } = patient
  const { id } = transmission
  let sentAt = began
  try {
    await params.rehearsed
  } catch (error) {
    // Somebody else may have delivered it since it was looked up.
    const settled = await settledOutcome(patient, transmission)
    if (settled !== undefined) return settled
    if (!(error instanceof RpcRefused)) throw error
    // Without a forwarder's reason it is the endpoint that does not want to rehearse; the transaction itself will tell.
    journal({ event: 'transmission.unrehearsed', level: 'warn', error: error.message })
  }
  const mined = await sendTransaction({
    ...params.sending,
    times: route.times ?? SENDING_TIMES,
    over: route.over,
    isSettled: async () => (await getTransmission({ rpc: route.rpc, forwarder, id })).state === 'SUCCEEDED',
    onSent: (txHash) => {
      sentAt = performance.now()
      journal({ event: 'transmission.sent', txHash, transmitter: transmitter.address })
    },
    onRefused: (refusal) => journal({ event: 'transmission.refused', level: 'warn', ...refusal }),
    onReplaced: (replacement) => journal({ event: 'transmission.replaced', level: 'warn', ...replacement }),
    onLeftover: (leftover) => journal({ event: 'transmission.leftover', level: 'warn', ...leftover }),
  })
  if (mined === undefined) {
    const settled = await settledOutcome(patient, transmission)
    if (settled === undefined)
      throw new CapabilityError('NotFound', 'the report was delivered by somebody else, and is gone', 'System')
    return settled
  }
  const processed = processedResult({ logs: mined.logs, forwarder, id })
  journal({
    event: 'transmission.mined',
    txHash: mined.hash,
    status: mined.status,
    receiverAccepted: processed ?? false,
  })
  const { gasUsed, gasPriceWei } = mined
  const cost = { gasUsed, gasPriceWei, sentMillis: sentAt - began, minedMillis: performance.now() - sentAt }
  const common = { txHash: mined.hash, txStatus: mined.status, cost }
  if (processed === true) return { ...common, receiver: 'success' }
  const after = await getTransmission({ rpc, forwarder, id })
  if (mined.status === 'reverted' && after.state === 'SUCCEEDED') {
    const txHash = await findProcessed({ rpc, forwarder, id, result: true })
    if (txHash !== undefined) return { txHash, txStatus: 'success', receiver: 'success' }
  }
  return { ...common, receiver: 'reverted', errorMessage: refusalMessage(id, after.state) }
}

/**
 * Gas for all that the forwarder does and not for the receiver, whose failure the forwarder takes: to have it do its work
 * for nothing would cost the endpoint as much as the transaction.
 */
function rehearsalGas(data: Hex, gasLimit: bigint): Hex {
  const enough = TRANSACTION_GAS + BYTE_GAS * BigInt(size(data)) + 2n * FORWARDER_GAS
  return toHex(enough < gasLimit ? enough : gasLimit)
}

/** A forwarder that would revert is not worth a transaction, and only a call tells why. */
async function rehearseDelivery(rpc: Rpc, { transmitter, to, data }: Draft, gasLimit: bigint): Promise<void> {
  try {
    const call = { from: transmitter.address, to, data, gas: rehearsalGas(data, gasLimit) }
    await rpc('eth_call', [call, 'latest'])
  } catch (error) {
    if (!(error instanceof RpcRefused) || !error.isRevert) throw error
    throw new CapabilityError('FailedPrecondition', `the forwarder refuses the report: ${reasonOf(error)}`)
  }
}

function reasonOf(error: RpcRefused): string {
  if (!isHex(error.data) || error.data.length < 10) return 'it reverts without a reason'
  try {
    const { errorName, args } = decodeErrorResult({ abi: forwarderAbi, data: error.data })
    return `${errorName}(${(args ?? []).join(', ')})`
  } catch {
    return `it reverts with ${error.data.slice(0, 10)}`
  }
}

function refusalMessage(id: TransmissionId, state: string): string {
  return state === 'INVALID_RECEIVER'
    ? `invalid receiver ${id.receiver}: contract does not implement the IReceiver interface`
    : 'receiver contract execution failure'
}
