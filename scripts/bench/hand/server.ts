/**
 * What a team would write by hand: a server that looks at the reserve and the supply, signs the report with the keys of f + 1 nodes
 * itself, sends it with one account, and answers when it is in a block. It has no DON, no database and no second try: what
 * was under way when it stops is lost, and a transaction that gets stuck holds up all that follow.
 * Environment: `PORT`, `RPC_URL`, `RESERVE_URL`, `CRE_DON_FILE`, `DEPLOYMENT` (the deployment record).
 */
import { type Address, createPublicClient, createWalletClient, http, nonceManager, parseAbi, parseUnits } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { anvil } from 'viem/chains'
import { processedResult } from '../../../bank-stablecoin-por-ace-ccip-workflow/host/chain/forwarder'
import { readDonFile, readTransmitters } from '../../../bank-stablecoin-por-ace-ccip-workflow/host/don/don-file'
import { readDeployment } from '../../lib/deployment'
import { deliveryGas, maxFeePerGas, reportId, signReport } from '../chain/reports'

interface MintBody {
  beneficiary: Address
  /** Whole tokens. */
  amount: string
  stablecoinAddress: Address
}

const { PORT = '', RPC_URL = '', RESERVE_URL = '', CRE_DON_FILE = '', DEPLOYMENT = '' } = process.env
const decimals = 18
const tokenAbi = parseAbi(['function totalSupply() view returns (uint256)'])
const deployment = readDeployment(DEPLOYMENT)
const don = readDonFile(CRE_DON_FILE)
// The gateway's runs take the first ones.
const transmitter = readTransmitters({ donFile: CRE_DON_FILE, don }).at(-1)
if (transmitter === undefined) throw new Error(`${CRE_DON_FILE} names no transmitter`)
const account = privateKeyToAccount(transmitter.privateKey, { nonceManager })
const chain = createPublicClient({ chain: anvil, transport: http(RPC_URL) })
const wallet = createWalletClient({ account, chain: anvil, transport: http(RPC_URL) })

async function reserve(): Promise<bigint> {
  const answer = (await (await fetch(RESERVE_URL)).json()) as { totalReserve: number | string }
  return parseUnits(String(answer.totalReserve), decimals)
}

async function mint({ beneficiary, amount, stablecoinAddress }: MintBody): Promise<string> {
  const units = parseUnits(amount, decimals)
  const [reserves, supply] = await Promise.all([
    reserve(),
    chain.readContract({ address: stablecoinAddress, abi: tokenAbi, functionName: 'totalSupply' }),
  ])
  if (reserves < supply + units) throw new Error('the reserve does not cover this mint')
  const order = { account: beneficiary, amount: units, reference: crypto.randomUUID(), reserves }
  const { data, executionId } = await signReport({ don, deployment, ...order })
  const { logs, transactionHash } = await wallet.sendTransactionSync({
    ...{ to: deployment.forwarder, data, gas: deliveryGas },
    ...{ maxFeePerGas, maxPriorityFeePerGas: 1n },
  })
  const id = { receiver: deployment.firstBasket.mintingConsumer, executionId, reportId }
  if (!processedResult({ logs, forwarder: deployment.forwarder, id }))
    throw new Error('the consumer refused the report')
  return transactionHash
}

Bun.serve({
  port: Number(PORT),
  hostname: '127.0.0.1',
  idleTimeout: 0,
  routes: {
    '/mint': {
      async POST(request) {
        try {
          return Response.json({ success: true, mintTx: await mint((await request.json()) as MintBody) })
        } catch (error) {
          return Response.json({ success: false, error: (error as Error).message }, { status: 500 })
        }
      },
    },
  },
  fetch: () => new Response(null, { status: 404 }),
})
