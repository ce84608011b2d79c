// Reads balances, headers, receipts, transactions, logs and gas estimates, for the EVM capability.
import { create } from '@bufbuild/protobuf'
import { EVM_PB } from '@chainlink/cre-sdk/pb'
import { numberToHex, toHex } from 'viem'
import { z } from 'zod'
import { CapabilityError } from '../base/errors'
import { fromBigInt, toBigInt } from '../base/values'
import {
  headerMessage,
  headerSchema,
  logMessage,
  logSchema,
  receiptMessage,
  receiptSchema,
  transactionMessage,
  transactionSchema,
} from '../chain/evm-messages'
import { RpcRefused } from '../chain/rpc'
import { agreeOn, collectAnswers } from '../don/agree'
import { payloadOf, reply } from './call'
import { agreeOnHeight, requestedBlock } from './evm-block'
import type { EvmContext, EvmMethod } from './evm-context'

/** The balance of an account at one height. */
export const balanceAt: EvmMethod = async (context, call) => {
  const { account, blockNumber } = payloadOf(call, EVM_PB.BalanceAtRequestSchema)
  if (account.length !== 20) throw new CapabilityError('InvalidArgument', 'BalanceAt needs an address')
  const block = requestedBlock(blockNumber)
  const height = await agreeOnHeight(context, block)
  const answer = await read(context, { method: 'eth_getBalance', args: [toHex(account), height], schema: z.string() })
  const balance = fromBigInt(BigInt(answer))
  return reply(EVM_PB.BalanceAtReplySchema, create(EVM_PB.BalanceAtReplySchema, { balance }))
}

/** The header of a block that is named by number or by tag. */
export const headerByNumber: EvmMethod = async (context, call) => {
  const { blockNumber } = payloadOf(call, EVM_PB.HeaderByNumberRequestSchema)
  const block = requestedBlock(blockNumber)
  const height = await agreeOnHeight(context, block)
  const answer = await read(context, { method: 'eth_getBlockByNumber', args: [height, false], schema: headerSchema })
  const header = headerMessage(answer)
  return reply(EVM_PB.HeaderByNumberReplySchema, create(EVM_PB.HeaderByNumberReplySchema, { header }))
}

/** The receipt of a transaction. */
export const getTransactionReceipt: EvmMethod = async (context, call) => {
  const { hash } = payloadOf(call, EVM_PB.GetTransactionReceiptRequestSchema)
  requireHash(hash)
  const args = [toHex(hash)]
  const receipt = receiptMessage(
    await read(context, { method: 'eth_getTransactionReceipt', args, schema: receiptSchema }),
  )
  return reply(EVM_PB.GetTransactionReceiptReplySchema, create(EVM_PB.GetTransactionReceiptReplySchema, { receipt }))
}

/** A transaction by its hash. */
export const getTransactionByHash: EvmMethod = async (context, call) => {
  const { hash } = payloadOf(call, EVM_PB.GetTransactionByHashRequestSchema)
  requireHash(hash)
  const args = [toHex(hash)]
  const found = await read(context, { method: 'eth_getTransactionByHash', args, schema: transactionSchema })
  const transaction = transactionMessage(found)
  return reply(EVM_PB.GetTransactionByHashReplySchema, create(EVM_PB.GetTransactionByHashReplySchema, { transaction }))
}

/** Logs of a block range (at most the quota's length) or of one block. */
export const filterLogs: EvmMethod = async (context, call) => {
  const { filterQuery } = payloadOf(call, EVM_PB.FilterLogsRequestSchema)
  if (filterQuery === undefined) throw new CapabilityError('InvalidArgument', 'FilterLogs needs a filter')
  const range = await rangeOf(context, filterQuery, (blocks) => call.quota.fit('evmLogBlocks', blocks))
  const filter = {
    ...range,
    address: filterQuery.addresses.map((address) => toHex(address)),
    topics: filterQuery.topics.map(({ topic }) => (topic.length === 0 ? null : topic.map((value) => toHex(value)))),
  }
  const found = await read(context, { method: 'eth_getLogs', args: [filter], schema: z.array(logSchema) })
  return reply(EVM_PB.FilterLogsReplySchema, create(EVM_PB.FilterLogsReplySchema, { logs: found.map(logMessage) }))
}

/** What a call would use: the (f+1)th highest estimate, which at least one honest node vouches for. */
export const estimateGas: EvmMethod = async (context, call) => {
  const { msg } = payloadOf(call, EVM_PB.EstimateGasRequestSchema)
  if (msg === undefined) throw new CapabilityError('InvalidArgument', 'EstimateGas needs a call')
  call.quota.fit('evmReadBytes', msg.data.length)
  const transaction = {
    data: toHex(msg.data),
    ...(msg.to.length === 20 ? { to: toHex(msg.to) } : {}),
    ...(msg.from.length === 20 ? { from: toHex(msg.from) } : {}),
  }
  const estimates = await collectAnswers({
    don: context.don,
    what: 'the gas of a call',
    ask: async ({ ports }) => BigInt(z.string().parse(await ports.rpc('eth_estimateGas', [transaction]))),
  })
  const highestFirst = estimates.sort((a, b) => (a > b ? -1 : a < b ? 1 : 0))
  const gas = highestFirst[context.don.f] ?? 0n
  return reply(EVM_PB.EstimateGasReplySchema, create(EVM_PB.EstimateGasReplySchema, { gas }))
}

async function rangeOf(
  context: EvmContext,
  query: EVM_PB.FilterQuery,
  checkLength: (blocks: number) => void,
): Promise<Record<string, string>> {
  if (query.blockHash.length > 0) return { blockHash: toHex(query.blockHash) }
  const [from, to] = [BigInt(await heightOf(context, query.fromBlock)), BigInt(await heightOf(context, query.toBlock))]
  if (to < from) throw new CapabilityError('InvalidArgument', `toBlock ${to} is below fromBlock ${from}`)
  checkLength(Number(to - from + 1n))
  return { fromBlock: numberToHex(from), toBlock: numberToHex(to) }
}

function heightOf(context: EvmContext, block: EVM_PB.FilterQuery['fromBlock']): Promise<string> {
  if (block !== undefined && toBigInt(block) === 0n) return Promise.resolve('0x0')
  return agreeOnHeight(context, requestedBlock(block))
}

/** One question to every node; the answers are compared after the schema has dropped what endpoints add. */
async function read<Schema extends z.ZodTypeAny>(
  context: EvmContext,
  params: { method: string; args: unknown[]; schema: Schema },
): Promise<z.output<Schema>> {
  const { method, args, schema } = params
  const answer = await agreeOn({
    don: context.don,
    what: method,
    ask: async ({ ports }) => {
      try {
        const raw = await ports.rpc(method, args)
        return raw === null ? 'null' : JSON.stringify(schema.parse(raw))
      } catch (error) {
        if (error instanceof RpcRefused) return JSON.stringify({ refused: true })
        throw error
      }
    },
  })
  const parsed: unknown = JSON.parse(answer)
  if (parsed === null) throw new CapabilityError('NotFound', `${method} found nothing`)
  const refused = z.object({ refused: z.literal(true) }).safeParse(parsed)
  if (refused.success) throw new CapabilityError('FailedPrecondition', `${method} was refused`)
  return schema.parse(parsed) as z.output<Schema>
}

function requireHash(hash: Uint8Array): void {
  if (hash.length !== 32) throw new CapabilityError('InvalidArgument', 'a transaction hash has 32 bytes')
}
