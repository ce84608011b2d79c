// Turns an endpoint's JSON answers into the SDK's EVM messages.
import { create } from '@bufbuild/protobuf'
import { EVM_PB } from '@chainlink/cre-sdk/pb'
import { type Hex, hexToBytes } from 'viem'
import { z } from 'zod'
import { fromBigInt } from '../base/values'

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/)

/** What an endpoint answers, as far as the SDK's messages carry it. Anything else an endpoint adds is dropped. */
export const logSchema = z.object({
  address: hex,
  topics: z.array(hex),
  data: hex,
  blockNumber: hex,
  blockHash: hex,
  transactionHash: hex,
  transactionIndex: hex,
  logIndex: hex,
  removed: z.boolean().default(false),
})
export const receiptSchema = z.object({
  status: hex,
  gasUsed: hex,
  transactionIndex: hex,
  blockHash: hex,
  blockNumber: hex,
  transactionHash: hex,
  effectiveGasPrice: hex,
  contractAddress: hex.nullish(),
  logs: z.array(logSchema),
})
export const transactionSchema = z.object({
  nonce: hex,
  gas: hex,
  to: hex.nullish(),
  input: hex,
  hash: hex,
  value: hex,
  gasPrice: hex,
})
export const headerSchema = z.object({ number: hex, timestamp: hex, hash: hex, parentHash: hex })

export type RpcLog = z.infer<typeof logSchema>

const bytes = (text: string | null | undefined): Uint8Array => hexToBytes((text ?? '0x') as Hex)

/** A log as the SDK's message. */
export function logMessage(log: RpcLog): EVM_PB.Log {
  return create(EVM_PB.LogSchema, {
    address: bytes(log.address),
    topics: log.topics.map(bytes),
    eventSig: bytes(log.topics[0]),
    data: bytes(log.data),
    txHash: bytes(log.transactionHash),
    blockHash: bytes(log.blockHash),
    blockNumber: fromBigInt(BigInt(log.blockNumber)),
    txIndex: Number(log.transactionIndex),
    index: Number(log.logIndex),
    removed: log.removed,
  })
}

/** A receipt as the SDK's message. */
export function receiptMessage(receipt: z.infer<typeof receiptSchema>): EVM_PB.Receipt {
  return create(EVM_PB.ReceiptSchema, {
    status: BigInt(receipt.status),
    gasUsed: BigInt(receipt.gasUsed),
    txIndex: BigInt(receipt.transactionIndex),
    blockHash: bytes(receipt.blockHash),
    logs: receipt.logs.map(logMessage),
    txHash: bytes(receipt.transactionHash),
    effectiveGasPrice: fromBigInt(BigInt(receipt.effectiveGasPrice)),
    blockNumber: fromBigInt(BigInt(receipt.blockNumber)),
    contractAddress: bytes(receipt.contractAddress),
  })
}

/** A transaction as the SDK's message. */
export function transactionMessage(transaction: z.infer<typeof transactionSchema>): EVM_PB.Transaction {
  return create(EVM_PB.TransactionSchema, {
    nonce: BigInt(transaction.nonce),
    gas: BigInt(transaction.gas),
    to: bytes(transaction.to),
    data: bytes(transaction.input),
    hash: bytes(transaction.hash),
    value: fromBigInt(BigInt(transaction.value)),
    gasPrice: fromBigInt(BigInt(transaction.gasPrice)),
  })
}

/** A block header as the SDK's message. */
export function headerMessage(header: z.infer<typeof headerSchema>): EVM_PB.Header {
  return create(EVM_PB.HeaderSchema, {
    timestamp: BigInt(header.timestamp),
    blockNumber: fromBigInt(BigInt(header.number)),
    hash: bytes(header.hash),
    parentHash: bytes(header.parentHash),
  })
}
