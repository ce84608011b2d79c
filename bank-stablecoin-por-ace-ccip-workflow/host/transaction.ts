import { type Address, type Hex, serializeTransaction, keccak256, parseSignature } from 'viem'
import { privateKeyToAddress, sign } from 'viem/accounts'
import { z } from 'zod'
import { type Rpc, RpcRefused } from './rpc'

/** A key that pays for deliveries; it has no say in what is delivered. */
export type Transmitter = { address: Address; privateKey: Hex }

/** A mined transaction. */
export type MinedTransaction = { hash: Hex; status: 'success' | 'reverted'; logs: unknown; feeWei: bigint }

const MAX_ATTEMPTS = 3
const POLL_MILLIS = [20, 20, 40, 80, 150, 250]
const STALE_NONCE = /nonce too low|replacement transaction underpriced|already known/i

const receiptSchema = z.object({
  status: z.string(),
  gasUsed: z.string(),
  effectiveGasPrice: z.string(),
  logs: z.unknown(),
})

/** The transmitter of a key. */
export function transmitterOf(privateKey: Hex): Transmitter {
  return { privateKey, address: privateKeyToAddress(privateKey) }
}

/**
 * Signs a call with an explicit gas limit, sends it and waits for its receipt. `onSent` hears of the hash before the
 * wait begins. A nonce that another process used up is asked for again.
 */
export async function sendTransaction(params: {
  rpc: Rpc
  transmitter: Transmitter
  chainId: number
  to: Address
  data: Hex
  gas: bigint
  timeoutMillis: number
  onSent: (hash: Hex) => void
}): Promise<MinedTransaction> {
  for (let attempt = 1; ; attempt++) {
    const signed = await signCall(params)
    const hash = keccak256(signed)
    try {
      await params.rpc('eth_sendRawTransaction', [signed])
    } catch (error) {
      const stale = error instanceof RpcRefused && STALE_NONCE.test(error.message)
      if (!stale || attempt === MAX_ATTEMPTS) throw error
      continue
    }
    params.onSent(hash)
    return waitForReceipt({ rpc: params.rpc, hash, timeoutMillis: params.timeoutMillis })
  }
}

async function signCall(params: {
  rpc: Rpc
  transmitter: Transmitter
  chainId: number
  to: Address
  data: Hex
  gas: bigint
}): Promise<Hex> {
  const { rpc, transmitter } = params
  const [nonce, tip, block] = await Promise.all([
    rpc('eth_getTransactionCount', [transmitter.address, 'pending']),
    rpc('eth_maxPriorityFeePerGas', []),
    rpc('eth_getBlockByNumber', ['latest', false]),
  ])
  const baseFee = BigInt((block as { baseFeePerGas?: Hex }).baseFeePerGas ?? '0x0')
  const maxPriorityFeePerGas = BigInt(tip as Hex)
  const transaction = {
    type: 'eip1559',
    chainId: params.chainId,
    nonce: Number(nonce as Hex),
    to: params.to,
    data: params.data,
    gas: params.gas,
    maxPriorityFeePerGas,
    maxFeePerGas: 2n * baseFee + maxPriorityFeePerGas,
  } as const
  const signature = await sign({
    hash: keccak256(serializeTransaction(transaction)),
    privateKey: transmitter.privateKey,
    to: 'hex',
  })
  return serializeTransaction(transaction, parseSignature(signature))
}

async function waitForReceipt(params: { rpc: Rpc; hash: Hex; timeoutMillis: number }): Promise<MinedTransaction> {
  const deadline = performance.now() + params.timeoutMillis
  for (let poll = 0; ; poll++) {
    const answer = await params.rpc('eth_getTransactionReceipt', [params.hash])
    if (answer !== null) {
      const receipt = receiptSchema.parse(answer)
      return {
        hash: params.hash,
        status: BigInt(receipt.status) === 1n ? 'success' : 'reverted',
        logs: receipt.logs,
        feeWei: BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice),
      }
    }
    if (performance.now() > deadline) {
      throw new Error(`transaction ${params.hash} was sent but has no receipt after ${params.timeoutMillis} ms`)
    }
    await Bun.sleep(POLL_MILLIS[poll] ?? 500)
  }
}
