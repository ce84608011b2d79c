/** Sends the integration guide's request and shows the balance on chain before and after, behind `scripts/test-mint.sh`. */
import { runScript, say } from '../lib/cli'
import { type MintOrder, postMint } from '../lib/mint-request'
import { type Rpc, createRpc } from '../lib/rpc'
import { findStack } from '../lib/stack-file'

const startFirst = "run 'bash scripts/start-backend.sh' first"
const decimalsSelector = '0x313ce567'
const balanceOfSelector = '0x70a08231'

interface Target {
  backend: string
  rpc: Rpc
  order: MintOrder
}

/** What the environment names, else the stack that start-backend.sh runs. */
function readTarget(): Target {
  const { env } = process
  const stack = findStack()
  const backend = env.BACKEND_URL || stack?.backend
  const chain = env.RPC_URL?.split(',')[0]?.trim() || stack?.chain
  const stablecoin = env.STABLECOIN || stack?.stablecoin
  const consumer = env.CONSUMER || stack?.mintingConsumer
  if (!backend || !chain || !stablecoin || !consumer) {
    throw new Error(`no local stack is known: ${startFirst}, or set BACKEND_URL, RPC_URL, STABLECOIN and CONSUMER`)
  }
  const beneficiary = env.BENEFICIARY || '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd'
  const order = { beneficiary, amount: env.AMOUNT || '1000', stablecoin, consumer } as MintOrder
  return { backend, rpc: createRpc(chain), order }
}

async function read(rpc: Rpc, to: string, data: string): Promise<bigint> {
  const answer = await rpc.call<string>('eth_call', [{ to, data }, 'latest'])
  if (answer === '0x') throw new Error(`the balance cannot be read from the chain: nothing answers at ${to}`)
  return BigInt(answer)
}

async function run(): Promise<void> {
  const { backend, rpc, order } = readTarget()
  const isServed = await fetch(`${backend}/health`).then(
    ({ ok }) => ok,
    () => false,
  )
  if (!isServed) throw new Error(`nothing serves ${backend}: ${startFirst}`)
  const decimals = Number(await read(rpc, order.stablecoin, decimalsSelector))
  const holder = order.beneficiary.replace(/^0x/, '').toLowerCase().padStart(64, '0')
  const balance = () => read(rpc, order.stablecoin, balanceOfSelector + holder)

  const before = await balance()
  console.log(`beneficiary     ${order.beneficiary}\nbalance before  ${shown(before, decimals)}`)
  say(`POST ${backend}/mint (${order.amount} tokens)`)
  const { answer, text } = await postMint(backend, order)
  console.log(pretty(text))
  const after = await balance()
  console.log(`balance after   ${shown(after, decimals)}`)
  if (answer.success !== true) throw new Error('the mint did not succeed; the answer above says why')
  if (after - before !== unitsOf(order.amount, decimals)) {
    throw new Error(`the backend answered success, but the balance on chain did not grow by ${order.amount}`)
  }
  say(`minted: the balance on chain grew by exactly ${order.amount}`)
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** Base units as whole tokens. */
function shown(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0')
  const at = digits.length - decimals
  return `${digits.slice(0, at)}.${digits.slice(at)}`.replace(/\.?0*$/, '')
}

function unitsOf(tokens: string, decimals: number): bigint {
  const [whole = '0', fraction = ''] = tokens.split('.')
  return BigInt(whole + fraction.padEnd(decimals, '0'))
}

await runScript(run)
