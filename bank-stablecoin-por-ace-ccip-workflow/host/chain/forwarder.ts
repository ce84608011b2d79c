// Reads Chainlink's KeystoneForwarder: its ABI, its transmissions, and its events.
import {
  type Address,
  type Hex,
  decodeFunctionResult,
  encodeFunctionData,
  parseAbi,
  parseAbiItem,
  toEventSelector,
  toHex,
} from 'viem'
import { z } from 'zod'
import { reportIdHex } from './report'
import { type Rpc, RpcRefused, quantityOf } from './rpc'

export const forwarderAbi = parseAbi([
  'struct TransmissionInfo { bytes32 transmissionId; uint8 state; address transmitter; bool invalidReceiver; bool success; uint80 gasLimit; }',
  'function report(address receiver, bytes rawReport, bytes reportContext, bytes[] signatures)',
  'function getTransmissionInfo(address receiver, bytes32 workflowExecutionId, bytes2 reportId) view returns (TransmissionInfo)',
  'function typeAndVersion() view returns (string)',
  'error InvalidReport()',
  'error DuplicateSigner(address signer)',
  'error InvalidSignatureCount(uint256 expected, uint256 received)',
  'error InvalidConfig(uint64 configId)',
  'error InvalidSigner(address signer)',
  'error InvalidSignature(bytes signature)',
  'error InsufficientGasForRouting(bytes32 transmissionId)',
  'error AlreadyAttempted(bytes32 transmissionId)',
  'error UnauthorizedForwarder()',
])

const reportProcessed = toEventSelector(
  parseAbiItem(
    'event ReportProcessed(address indexed receiver, bytes32 indexed workflowExecutionId, bytes2 indexed reportId, bool result)',
  ),
)

/** How many blocks back an earlier transmission is searched; a report is valid for 15 minutes at most. */
const SEARCH_BLOCKS = 10_000n
/** Endpoints answer about 10 blocks at once, or 10 000. */
const MAX_QUESTIONS = 200

/** What identifies a transmission to the forwarder. */
export type TransmissionId = { receiver: Address; executionId: Hex; reportId: number }

/** The forwarder's account of a transmission. */
export type TransmissionState = 'NOT_ATTEMPTED' | 'SUCCEEDED' | 'INVALID_RECEIVER' | 'FAILED'
const STATES: TransmissionState[] = ['NOT_ATTEMPTED', 'SUCCEEDED', 'INVALID_RECEIVER', 'FAILED']

/** Reads what the forwarder knows about a transmission; `receiverGas` is what its last attempt gave the receiver. */
export async function getTransmission(params: {
  rpc: Rpc
  forwarder: Address
  id: TransmissionId
}): Promise<{ state: TransmissionState; receiverGas: bigint }> {
  const { receiver, executionId, reportId } = params.id
  const data = encodeFunctionData({
    abi: forwarderAbi,
    functionName: 'getTransmissionInfo',
    args: [receiver, executionId, reportIdHex(reportId)],
  })
  const answer = await params.rpc('eth_call', [{ to: params.forwarder, data }, 'latest'])
  const info = decodeFunctionResult({ abi: forwarderAbi, functionName: 'getTransmissionInfo', data: answer as Hex })
  return { state: STATES[info.state] ?? 'NOT_ATTEMPTED', receiverGas: info.gasLimit }
}

const logSchema = z.object({
  address: z.string(),
  topics: z.array(z.string()),
  data: z.string(),
  transactionHash: z.string().nullish(),
})

/** Hash of the transaction in which the forwarder processed the report with this result; undefined when there is none. */
export async function findProcessed(params: {
  rpc: Rpc
  forwarder: Address
  id: TransmissionId
  result: boolean
}): Promise<Hex | undefined> {
  const latest = quantityOf(await params.rpc('eth_blockNumber', []))
  const first = latest > SEARCH_BLOCKS ? latest - SEARCH_BLOCKS : 0n
  let [last, span] = [latest, latest - first + 1n]
  for (let question = 0; question < MAX_QUESTIONS && last >= first; question++) {
    const from = last - first + 1n > span ? last - span + 1n : first
    const logs = await logsIn(params, { from, to: last })
    if (logs === undefined) span = (last - from + 1n) / 2n
    else {
      const found = logs.find((log) => (BigInt(log.data) === 1n) === params.result)
      if (found !== undefined) return (found.transactionHash ?? undefined) as Hex | undefined
      last = from - 1n
    }
  }
  return undefined
}

/** The forwarder's logs about a transmission in these blocks; undefined when the endpoint wants to be asked about fewer. */
async function logsIn(
  { rpc, forwarder, id }: { rpc: Rpc; forwarder: Address; id: TransmissionId },
  blocks: { from: bigint; to: bigint },
): Promise<z.output<typeof logSchema>[] | undefined> {
  const [fromBlock, toBlock] = [toHex(blocks.from), toHex(blocks.to)]
  const filter = { address: forwarder, fromBlock, toBlock, topics: processedTopics(id) }
  try {
    return z.array(logSchema).safeParse(await rpc('eth_getLogs', [filter])).data ?? []
  } catch (error) {
    if (error instanceof RpcRefused && blocks.to > blocks.from) return undefined
    throw error
  }
}

/** The result the forwarder logged for a transmission in these logs; undefined when it did not. */
export function processedResult(params: {
  logs: unknown
  forwarder: Address
  id: TransmissionId
}): boolean | undefined {
  const expected = processedTopics(params.id)
  const found = z
    .array(logSchema)
    .parse(params.logs)
    .find(
      (log) =>
        log.address.toLowerCase() === params.forwarder.toLowerCase() &&
        expected.every((topic, index) => log.topics[index]?.toLowerCase() === topic.toLowerCase()),
    )
  return found && BigInt(found.data) === 1n
}

function processedTopics(id: TransmissionId): Hex[] {
  return [
    reportProcessed,
    `0x${id.receiver.slice(2).toLowerCase().padStart(64, '0')}`,
    id.executionId,
    reportIdHex(id.reportId).padEnd(66, '0') as Hex,
  ]
}
