/** What the chain says about a measurement: nothing counts as a mint that is not found here. */
import {
  type Address,
  type Hex,
  decodeEventLog,
  decodeFunctionResult,
  encodeFunctionData,
  parseAbi,
  parseUnits,
} from 'viem'
import type { Rpc } from '../../lib/rpc'
import type { Settlement } from '../base/measurement'
import { mintTokens } from '../base/settings'

const abi = parseAbi([
  'event MintExecuted(bytes32 indexed bankRef, address indexed account, uint256 amount)',
  'function totalSupply() view returns (uint256)',
  'function ledger() view returns (address)',
])
const decimals = 18

export const mintUnits = parseUnits(mintTokens, decimals)

/** A mint as its system answered for it. */
export interface Answer {
  account: Address
  tx: Hex
}

export interface Reader {
  /**
   * Compares answers with the chain since the reader was opened: each must have a mint event of its own in the
   * transaction that it names, there must be no other mint, and the supply must have grown by exactly their sum.
   */
  settle: (answers: Answer[]) => Promise<Settlement>
}

interface Log {
  topics: [Hex, ...Hex[]]
  data: Hex
  transactionHash: Hex
}

export async function openReader(rpc: Rpc, basket: { stablecoin: Address; mintingConsumer: Address }): Promise<Reader> {
  const supply = async () => {
    const data = encodeFunctionData({ abi, functionName: 'totalSupply' })
    return BigInt(await rpc.call<Hex>('eth_call', [{ to: basket.stablecoin, data }, 'latest']))
  }
  const found = await rpc.call<Hex>('eth_call', [
    { to: basket.mintingConsumer, data: encodeFunctionData({ abi, functionName: 'ledger' }) },
    'latest',
  ])
  const ledger = decodeFunctionResult({ abi, functionName: 'ledger', data: found })
  const first = Number(await rpc.call<Hex>('eth_blockNumber', [])) + 1
  const before = await supply()
  return {
    async settle(answers) {
      const grown = (await supply()) - before
      const expected = mintUnits * BigInt(answers.length)
      if (grown !== expected) {
        const answered = `${answers.length} mints were answered for`
        throw new Error(`${answered}, but the supply on chain grew by ${grown} base units instead of ${expected}`)
      }
      const filter = { address: ledger, fromBlock: `0x${first.toString(16)}`, toBlock: 'latest' }
      const executed = mintsIn(await rpc.call<Log[]>('eth_getLogs', [filter]))
      const open = new Map<string, number>()
      for (const mint of executed) open.set(keyOf(mint), (open.get(keyOf(mint)) ?? 0) + 1)
      for (const answer of answers) {
        const left = open.get(keyOf(answer)) ?? 0
        if (left === 0)
          throw new Error(`a mint for ${answer.account} was answered for, but ${answer.tx} holds no such event`)
        open.set(keyOf(answer), left - 1)
      }
      return costOf(rpc, executed)
    },
  }
}

/** The events of one mint each, of the right amount. */
function mintsIn(logs: Log[]): Answer[] {
  return logs.flatMap(({ topics, data, transactionHash }) => {
    try {
      const { args, eventName } = decodeEventLog({ abi, topics, data })
      return eventName === 'MintExecuted' && args.amount === mintUnits
        ? [{ account: args.account, tx: transactionHash }]
        : []
    } catch {
      return [] // Another event of the ledger.
    }
  })
}

function keyOf({ account, tx }: Answer): string {
  return `${tx} ${account}`.toLowerCase()
}

async function costOf(rpc: Rpc, executed: Answer[]): Promise<Settlement> {
  const hashes = [...new Set(executed.map(({ tx }) => tx))]
  const receipts = await rpc.batch<{ gasUsed: Hex }>(
    hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  )
  const gas = receipts.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0)
  return { gasPerMint: gas / executed.length, mintsPerTransaction: executed.length / hashes.length }
}
