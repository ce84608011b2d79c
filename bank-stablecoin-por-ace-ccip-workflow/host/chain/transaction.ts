// Signs, sends and replaces a transaction until one of its versions is mined.
import { type Address, type Hex, keccak256, parseSignature, serializeTransaction } from 'viem'
import { privateKeyToAddress, sign } from 'viem/accounts'
import { type Fees, askFees, replacementFees } from './fees'
import { type MinedTransaction, findReceipt, pollFor } from './receipt'
import { type Rpc, RpcRefused } from './rpc'

/** A key that pays for deliveries; it has no say in what is delivered. */
export type Transmitter = { address: Address; privateKey: Hex }

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

/** What is sent, and the callbacks that report each step. */
export type Sending = {
  rpc: Rpc
  transmitter: Transmitter
  chainId: number
  to: Address
  data: Hex
  gas: bigint
  times: SendingTimes
  /** Aborted when the transaction is not waited for any more. */
  over: AbortSignal
  onSent: (hash: Hex) => void
  onReplaced: (replacement: { old: Hex; new: Hex } & Fees) => void
  /** An earlier run's transactions block the key: those from `nonce` to `pending` are neither mined nor gone. */
  onLeftover: (leftover: { nonce: number; pending: number }) => void
}

/** Replacements of one transaction. */
const MAX_REPLACEMENTS = 3
/** Refusals of the endpoint that are answered with another nonce or higher fees. */
const MAX_REFUSALS = 12
const STALE_NONCE = /nonce (is )?too low/i
const OUTBID = /underpriced|fee too low/i
const KNOWN = /already (known|imported)/i

/** The transmitter of a key. */
export function transmitterOf(privateKey: Hex): Transmitter {
  return { privateKey, address: privateKeyToAddress(privateKey) }
}

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
  refusals: number
}

/**
 * Signs a call with an explicit gas limit, sends it and waits until it is mined. When that takes long, the same call with
 * the same nonce and higher fees takes its place; whichever of them is mined counts. The nonce is the chain's own: what
 * an earlier run left in the pool is replaced, not queued behind.
 */
export async function sendTransaction(sending: Sending): Promise<MinedTransaction> {
  const { rpc, over, times } = sending
  const state: SendingState = { ...(await beginSending(sending)), sent: [], refusals: 0 }
  const deadline = performance.now() + times.timeoutMillis
  const wait = (until: number) => pollFor(() => findReceipt(rpc, state.sent), { deadline: until, over })

  await submitTransaction(sending, state)
  for (let replacement = 0; replacement < MAX_REPLACEMENTS; replacement++) {
    const mined = await wait(Math.min(performance.now() + times.replaceMillis, deadline))
    if (mined !== undefined) return mined
    if (performance.now() >= deadline) break
    const fees = replacementFees({ earlier: state.fees, asked: await askFees(rpc), underpriced: false })
    if (fees === undefined) break
    state.fees = fees
    await submitTransaction(sending, state)
  }
  const mined = await wait(deadline)
  if (mined !== undefined) return mined
  throw new Error(`transaction ${state.sent.at(-1)} was sent but has no receipt after ${times.timeoutMillis} ms`)
}

/** Sends what the state says, and adapts it to what the endpoint refuses. */
async function submitTransaction(sending: Sending, state: SendingState): Promise<void> {
  for (;;) {
    const signed = await signCall(sending, state)
    const refusal = await sendSigned(sending.rpc, signed)
    if (refusal === undefined) return announceTransaction(sending, state, keccak256(signed))
    if (++state.refusals > MAX_REFUSALS) throw refusal
    const ours = state.atNonce.length > 0
    if (STALE_NONCE.test(refusal.message)) {
      if ((await findReceipt(sending.rpc, state.sent)) !== undefined) return
      Object.assign(state, await beginSending(sending))
    } else if (!ours && !state.blocked) {
      // Another process sent with this nonce a moment ago.
      Object.assign(state, await beginSending(sending))
    } else {
      const asked = await askFees(sending.rpc)
      const fees = replacementFees({ earlier: state.fees, asked, underpriced: true })
      if (fees === undefined && ours) return
      const { address } = sending.transmitter
      if (fees === undefined) throw new Error(`a pending transaction of ${address} offers too much`)
      state.fees = fees
    }
  }
}

/** The endpoint's refusal of a nonce or of fees; another one is thrown. */
async function sendSigned(rpc: Rpc, signed: Hex): Promise<RpcRefused | undefined> {
  try {
    await rpc('eth_sendRawTransaction', [signed])
    return undefined
  } catch (error) {
    if (!(error instanceof RpcRefused)) throw error
    if (KNOWN.test(error.message)) return undefined
    if (STALE_NONCE.test(error.message) || OUTBID.test(error.message)) return error
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

/** The next nonce of the chain and its fees; gives what an earlier run left in the pool a while to be mined. */
async function beginSending(sending: Sending): Promise<Pick<SendingState, 'nonce' | 'fees' | 'blocked' | 'atNonce'>> {
  const { rpc, over, transmitter, times } = sending
  const count = async (tag: string) => Number((await rpc('eth_getTransactionCount', [transmitter.address, tag])) as Hex)
  const counts = async () => {
    const [latest, pending] = await Promise.all([count('latest'), count('pending')])
    return { latest, pending }
  }
  const free = async () => {
    const { latest, pending } = await counts()
    return pending <= latest ? latest : undefined
  }
  const deadline = performance.now() + times.leftoverMillis
  const [nonce, fees] = await Promise.all([pollFor(free, { deadline, over }), askFees(rpc)])
  if (nonce !== undefined) return { nonce, fees, blocked: false, atNonce: [] }
  const { latest, pending } = await counts()
  sending.onLeftover({ nonce: latest, pending })
  return { nonce: latest, fees: await askFees(rpc), blocked: true, atNonce: [] }
}

async function signCall(sending: Sending, { nonce, fees }: SendingState): Promise<Hex> {
  const { chainId, to, data, gas } = sending
  const transaction = { type: 'eip1559', chainId, nonce, to, data, gas, ...fees } as const
  const { privateKey } = sending.transmitter
  const signature = await sign({ hash: keccak256(serializeTransaction(transaction)), privateKey, to: 'hex' })
  return serializeTransaction(transaction, parseSignature(signature))
}
