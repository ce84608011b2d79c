// Signs, sends and replaces a transaction until one of its versions is mined.
import { type Address, type Hex, keccak256 } from 'viem'
import { CapabilityError } from '../base/errors'
import type { DeliveryMemory } from './delivery-memory'
import { type Fees, askFees, replacementFees } from './fees'
import { type Funds, freshFees } from './funds'
import { type MinedTransaction, findReceipt, pollFor } from './receipt'
import { type Rpc, RpcRefused, patientRpc, quantityOf } from './rpc'

/** Who pays for deliveries; it has no say in what is delivered. Its key is with the signer. */
export type Transmitter = {
  address: Address
  /** The signed transaction; rejects with SigningRefused when the signer does not sign it. */
  sign: (call: UnsignedCall) => Promise<Hex>
}

/** A call with an explicit gas limit and no value, as an EIP-1559 transaction. */
export type UnsignedCall = { chainId: number; nonce: number; to: Address; data: Hex; gas: bigint } & Fees

/** How long a transaction may take, in milliseconds. */
export type SendingTimes = {
  /** For what an earlier run left in the pool to be mined, before it is replaced. */
  leftoverMillis: number
  /** For a transaction to be mined, before one with higher fees takes its place. */
  replaceMillis: number
  /** For any of them to be mined. */
  timeoutMillis: number
}

/** A block of the public chains takes 12 seconds. */
export const SENDING_TIMES: SendingTimes = { leftoverMillis: 15_000, replaceMillis: 15_000, timeoutMillis: 60_000 }

/** A call, and what is known of the key and the chain before it is sent. */
export type Draft = {
  rpc: Rpc
  transmitter: Transmitter
  chainId: number
  to: Address
  data: Hex
  gas: bigint
  /** Fees that were asked for before; asked for again when they are old. */
  funds?: Funds | undefined
  /** What earlier ones have shown; without it everything is asked for. */
  memory?: DeliveryMemory | undefined
}

/** A draft that was signed with the nonce and the fees that are likely. */
type Prepared = {
  nonce: number
  fees: Fees
  signed: Promise<Hex>
  /** Whether the chain says the same. */
  isNext: Promise<boolean>
}

/** What is sent, and the callbacks that report each step. */
export type Sending = Draft & {
  times: SendingTimes
  /** Made while it was still looked up whether the call has to be sent. */
  prepared?: Prepared | undefined
  /** Whether the chain shows that this need not be sent any more; asked when the endpoint does not take it. */
  isSettled?: () => Promise<boolean>
  /** Aborted when the transaction is not waited for any more. */
  over: AbortSignal
  onSent: (hash: Hex) => void
  onReplaced: (replacement: { old: Hex; new: Hex } & Fees) => void
  /** An earlier run's transactions block the key: those from `nonce` to `pending` are neither mined nor gone. */
  onLeftover: (leftover: { nonce: number; pending: number }) => void
  /** The endpoint did not take a transaction; what it says is for operators, what the chain shows decides. */
  onRefused?: (refusal: { hash: Hex; error: string; seen: Sight }) => void
}

/** What the chain shows after an endpoint did not take a transaction. */
export type Sight =
  /** The transaction is known all the same. */
  | 'known'
  /** One of ours at this nonce is mined, or what it was to do is done. */
  | 'done'
  /** The nonce is used up, or somebody else's transaction waits at it. */
  | 'stale'
  /** A transaction of an earlier run, or an earlier one of this, waits at the nonce and offers as much. */
  | 'outbid'
  /** Nothing that would explain it. */
  | 'nothing'

/** Replacements of one transaction. */
const MAX_REPLACEMENTS = 3
/** Refusals of the endpoint that are answered with another nonce or higher fees. */
const MAX_REFUSALS = 12
/** Refusals that the chain does not explain. */
const MAX_UNEXPLAINED = 4
const UNEXPLAINED_PAUSE_MILLIS = 250

/** Where a sending stands. */
type SendingState = {
  nonce: number
  fees: Fees
  /** Whether what an earlier run left at this nonce was waited for in vain. */
  blocked: boolean
  /** Our transactions at this nonce, of which one can be mined. */
  atNonce: Hex[]
  /** All our transactions: each may turn out to be the one. */
  sent: Hex[]
  /** Transactions that the endpoint did not take; it may have passed one on all the same. */
  refused: Hex[]
  unexplained: number
  /** What it was to do was done without it. */
  settled: boolean
}

/**
 * Has the call signed with the nonce that follows the key's last one, and the chain asked for it, all at once; undefined where
 * nothing is known of the key, or the fees are old. What turns out otherwise is made anew when it is sent.
 */
export function prepareTransaction(draft: Draft): Prepared | undefined {
  const nonce = draft.memory?.nextNonce(draft.transmitter.address)
  const fees = freshFees(draft.funds)
  if (nonce === undefined || fees === undefined) return undefined
  const signed = signCall(draft, { nonce, fees })
  signed.catch(() => undefined)
  const isNext = countAt(draft, 'pending').then(
    (count) => count === nonce,
    () => false,
  )
  return { nonce, fees, signed, isNext }
}

/**
 * Signs a call with an explicit gas limit, sends it and waits until it is mined. When that takes long, the same call with
 * the same nonce and higher fees takes its place; whichever of them is mined counts. The nonce is the chain's own: what
 * an earlier run left in the pool is replaced, not queued behind. What an endpoint says about a transaction that it does
 * not take decides nothing, for each has words of its own: the chain is looked at. Undefined when `isSettled` says so.
 */
export async function sendTransaction(sending: Sending): Promise<MinedTransaction | undefined> {
  const { over, times } = sending
  const patience = performance.now() + times.leftoverMillis + times.timeoutMillis
  const rpc = patientRpc(sending.rpc, { deadline: patience, over })
  const patient: Sending = { ...sending, rpc }
  const begun = await beginSending(patient, freshFees(sending.funds))
  const state: SendingState = { ...begun, sent: [], refused: [], unexplained: 0, settled: false }
  const deadline = performance.now() + times.timeoutMillis
  const wait = async (until: number): Promise<MinedTransaction | undefined> => {
    if (state.settled) return undefined
    const [sentAt, waitMillis] = [performance.now(), sending.memory?.waitMillis() ?? 0]
    let questions = 0
    const ask = () => {
      questions++
      return findReceipt(rpc, [...state.sent, ...state.refused])
    }
    const mined = await pollFor(ask, { deadline: until, over, waitMillis })
    if (mined === undefined) return undefined
    announceTransaction(sending, state, mined.hash)
    if (state.atNonce.includes(mined.hash)) {
      const [address, millis] = [sending.transmitter.address, performance.now() - sentAt]
      sending.memory?.mined({ address, nonce: state.nonce, millis, questions })
    }
    return mined
  }

  await submitTransaction(patient, state)
  for (let replacement = 0; replacement < MAX_REPLACEMENTS && !isHopeless(state); replacement++) {
    const mined = await wait(Math.min(performance.now() + times.replaceMillis, deadline))
    if (mined !== undefined || state.settled) return mined
    if (performance.now() >= deadline) break
    const fees = replacementFees({ earlier: state.fees, asked: await askFees(rpc), underpriced: false })
    if (fees === undefined) break
    state.fees = fees
    await submitTransaction(patient, state)
  }
  const mined = await wait(isHopeless(state) ? Math.min(performance.now() + times.replaceMillis, deadline) : deadline)
  if (mined !== undefined || state.settled) return mined
  if (state.sent.length === 0) {
    throw new CapabilityError(
      'Unavailable',
      `the endpoint takes no transaction of ${sending.transmitter.address}`,
      'System',
    )
  }
  throw new CapabilityError(
    'DeadlineExceeded',
    `transaction ${state.sent.at(-1)} was sent but has no receipt after ${times.timeoutMillis} ms`,
    'System',
  )
}

/** Nothing was taken, and nothing shows why: one of them may be on its way, but more of them would not help. */
function isHopeless(state: SendingState): boolean {
  return state.sent.length === 0 && (state.unexplained >= MAX_UNEXPLAINED || state.refused.length >= MAX_REFUSALS)
}

/** Sends what the state says, and adapts it to what the chain shows when the endpoint does not take it. */
async function submitTransaction(sending: Sending, state: SendingState): Promise<void> {
  while (state.refused.length < MAX_REFUSALS) {
    const signed = await signedCall(sending, state)
    const hash = keccak256(signed)
    const refusal = await sendSigned(sending.rpc, signed)
    if (refusal === undefined) return announceTransaction(sending, state, hash)
    const seen = await lookAfterRefusal(sending, state, hash)
    sending.onRefused?.({ hash, error: refusal.message, seen })
    if (seen === 'known') return announceTransaction(sending, state, hash)
    if (seen === 'done') return
    if (!state.refused.includes(hash)) state.refused.push(hash)
    if (seen === 'stale') Object.assign(state, await beginSending({ ...sending, prepared: undefined }))
    else if (seen === 'outbid') {
      if (!(await raiseFees(sending, state))) return
    } else {
      if (++state.unexplained >= MAX_UNEXPLAINED) return
      await Bun.sleep(UNEXPLAINED_PAUSE_MILLIS * 2 ** (state.unexplained - 1))
      const asked = await askFees(sending.rpc)
      if (asked.maxFeePerGas > state.fees.maxFeePerGas) state.fees = asked
    }
    sending.over.throwIfAborted()
  }
}

/** Offers more than what waits at the nonce; false when that is one of ours already, and as much as may be offered. */
async function raiseFees(sending: Sending, state: SendingState): Promise<boolean> {
  const asked = await askFees(sending.rpc)
  const fees = replacementFees({ earlier: state.fees, asked, underpriced: true })
  if (fees !== undefined) state.fees = fees
  else if (state.atNonce.length === 0) {
    const sentence = `a pending transaction of ${sending.transmitter.address} offers too much`
    throw new CapabilityError('FailedPrecondition', sentence, 'System')
  }
  return fees !== undefined
}

/** What the chain shows about a transaction that the endpoint did not take. */
async function lookAfterRefusal(sending: Sending, state: SendingState, hash: Hex): Promise<Sight> {
  const { rpc, isSettled } = sending
  const [known, mined, settled, counts] = await Promise.all([
    orElse(rpc('eth_getTransactionByHash', [hash]), null),
    findReceipt(rpc, [...state.sent, ...state.refused]),
    orElse(isSettled?.() ?? Promise.resolve(false), false),
    countsOf(sending),
  ])
  if (known !== null) return 'known'
  state.settled = settled && mined === undefined
  if (mined !== undefined || settled) return 'done'
  if (counts.latest > state.nonce) return 'stale'
  const ours = state.atNonce.length > 0
  if (counts.pending > state.nonce) return ours || state.blocked ? 'outbid' : 'stale'
  return ours ? 'outbid' : 'nothing'
}

/** The endpoint's refusal, if it does not take the transaction. */
async function sendSigned(rpc: Rpc, signed: Hex): Promise<RpcRefused | undefined> {
  try {
    await rpc('eth_sendRawTransaction', [signed])
    return undefined
  } catch (error) {
    if (error instanceof RpcRefused) return error
    throw error
  }
}

function announceTransaction(sending: Sending, state: SendingState, hash: Hex): void {
  const old = state.atNonce.at(-1)
  if (state.sent.includes(hash)) return
  state.sent.push(hash)
  state.atNonce.push(hash)
  if (old === undefined) sending.onSent(hash)
  else sending.onReplaced({ old, new: hash, ...state.fees })
}

/** The transmitter's transactions in blocks, and with those that wait; an endpoint without pending ones knows the former. */
async function countsOf(sending: Sending): Promise<{ latest: number; pending: number }> {
  const [latest, pending] = await Promise.all([countAt(sending, 'latest'), countAt(sending, 'pending')])
  return { latest, pending: Math.max(latest, pending) }
}

/** The transmitter's transactions up to a tag; 0 where the endpoint does not know what waits. */
async function countAt({ rpc, transmitter }: Draft, tag: 'latest' | 'pending'): Promise<number> {
  const count = async () => Number(quantityOf(await rpc('eth_getTransactionCount', [transmitter.address, tag])))
  return tag === 'pending' ? orElse(count(), 0) : count()
}

/** What stands in where an endpoint lacks the method or the tag. */
async function orElse<Answer>(asked: Promise<Answer>, substitute: Answer): Promise<Answer> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof RpcRefused) return substitute
    throw error
  }
}

/** The next nonce of the chain and its fees; gives what an earlier run left in the pool a while to be mined. */
async function beginSending(
  sending: Sending,
  known?: Fees,
): Promise<Pick<SendingState, 'nonce' | 'fees' | 'blocked' | 'atNonce'>> {
  const { rpc, over, times, prepared } = sending
  if (prepared !== undefined && (await prepared.isNext)) {
    return { nonce: prepared.nonce, fees: prepared.fees, blocked: false, atNonce: [] }
  }
  const deadline = performance.now() + times.leftoverMillis
  const [nonce, fees] = await Promise.all([
    pollFor(() => freeNonce(sending), { deadline, over }),
    known ?? askFees(rpc),
  ])
  if (nonce !== undefined) return { nonce, fees, blocked: false, atNonce: [] }
  const { latest, pending } = await countsOf(sending)
  sending.onLeftover({ nonce: latest, pending })
  return { nonce: latest, fees: await askFees(rpc), blocked: true, atNonce: [] }
}

/** The next nonce; undefined while something of an earlier run waits at it. */
async function freeNonce(sending: Sending): Promise<number | undefined> {
  const { transmitter, memory } = sending
  const next = memory?.nextNonce(transmitter.address)
  // What ends with a transaction that was seen in a block leaves nothing waiting.
  if (next !== undefined && (await countAt(sending, 'pending')) === next) return next
  const { latest, pending } = await countsOf(sending)
  return pending <= latest ? latest : undefined
}

/** The call as it was prepared, if this is still what has to be sent. */
function signedCall(sending: Sending, { nonce, fees }: SendingState): Promise<Hex> {
  const { prepared } = sending
  return prepared?.nonce === nonce && prepared.fees === fees ? prepared.signed : signCall(sending, { nonce, fees })
}

function signCall(
  { chainId, to, data, gas, transmitter }: Draft,
  { nonce, fees }: { nonce: number; fees: Fees },
): Promise<Hex> {
  return transmitter.sign({ chainId, nonce, to, data, gas, ...fees })
}
