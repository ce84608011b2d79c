/**
 * The chain that every system begins with: some hundred registered beneficiaries who hold the token already, so that
 * each measured mint is one for a known account, and funded accounts that deliver the floor's reports.
 */
import { join } from 'node:path'
import { type Address, type Hex, encodeAbiParameters, encodeFunctionData, keccak256, stringToHex } from 'viem'
import { credentialTypes, registryAbi } from '../../compliance/abi'
import type { Deployment } from '../../lib/deployment'
import { localChain } from '../../lib/local-chain'
import { fixtureDir } from '../../lib/paths'
import type { Call, Rpc } from '../../lib/rpc'
import { startChain } from './anvil'
import { openReader } from './ledger'
import { deliveryAccounts, signMints } from './reports'

const residence = stringToHex('CH')
const registrationGas = 1_000_000
/** One million ether, in wei: the gas limit of many transactions must be covered in advance. */
const funds = 10n ** 24n

export interface Preparation {
  deployment: Deployment
  donFile: string
  /** Where the state goes. */
  folder: string
  chainPort: number
  /** How many beneficiaries. */
  count: number
}

/** A chain to begin with. */
export interface Origin {
  stateFile: string
  beneficiaries: Address[]
}

export async function prepareOrigin({ deployment, donFile, folder, chainPort, count }: Preparation): Promise<Origin> {
  const beneficiaries = Array.from({ length: count }, (_, index) => addressOf(index))
  const stateFile = join(folder, 'state.json')
  const chain = await startChain({
    port: chainPort,
    mining: 'automine',
    loadState: join(fixtureDir, 'state.json'),
    dumpState: stateFile,
    log: join(folder, 'anvil.log'),
  })
  const { rpc } = chain
  await register(rpc, deployment, beneficiaries)
  const funding = deliveryAccounts(count).map(({ address }) => ({
    method: 'anvil_setBalance',
    params: [address, hex(funds)],
  }))
  await rpc.batch(funding)
  const shape = { inFlight: count, rounds: 1 }
  const accountOf = (lane: number) => beneficiaries[lane] as Address
  const lanes = await signMints({ rpc, deployment, donFile, shape, accountOf, label: 'first mint' })
  const reader = await openReader(rpc, deployment.firstBasket)
  const first = lanes.flat()
  const sent = await inOneBlock(
    rpc,
    first.map(({ transaction }) => ({ method: 'eth_sendRawTransaction', params: [transaction] })),
  )
  await reader.settle(first.map(({ account }, index) => ({ account, tx: sent[index] as Hex })))
  await chain.program.stop()
  return { stateFile, beneficiaries }
}

/** An address that nobody has a key for. */
function addressOf(index: number): Address {
  return `0x${keccak256(stringToHex(`benchmark beneficiary ${index}`)).slice(-40)}`
}

/** The demo bank's admin issues credentials; its key is Anvil's own, so the chain signs for it. */
async function register(rpc: Rpc, deployment: Deployment, accounts: Address[]): Promise<void> {
  const nonce = Number(await rpc.call<Hex>('eth_getTransactionCount', [localChain.basketAdmin, 'latest']))
  const calls = accounts.flatMap((account) => {
    const ccid = keccak256(encodeAbiParameters([{ type: 'address' }], [account]))
    const credential = (type: Hex, data: Hex) =>
      encodeFunctionData({ abi: registryAbi, functionName: 'registerCredential', args: [ccid, type, 0, data, '0x'] })
    const identity = encodeFunctionData({
      abi: registryAbi,
      functionName: 'registerIdentity',
      args: [ccid, account, '0x'],
    })
    return [
      { to: deployment.identityRegistry, data: identity },
      { to: deployment.credentialRegistry, data: credential(credentialTypes.kyc, '0x') },
      { to: deployment.credentialRegistry, data: credential(credentialTypes.jurisdiction, residence) },
    ]
  })
  const sent = await inOneBlock(
    rpc,
    calls.map((call, index) => send(call, nonce + index)),
  )
  const receipts = await rpc.batch<{ status: Hex } | null>(
    sent.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  )
  const failed = receipts.filter((receipt) => receipt?.status !== '0x1').length
  if (failed > 0) throw new Error(`${failed} registrations of ${accounts.length} beneficiaries failed`)
}

/** Mined as they come, transactions that overtake one another on their way into the pool would be left there. */
async function inOneBlock(rpc: Rpc, transactions: Call[]): Promise<Hex[]> {
  await rpc.call('evm_setAutomine', [false])
  const hashes = await rpc.batch<Hex>(transactions)
  await rpc.call('evm_mine', [])
  await rpc.call('evm_setAutomine', [true])
  return hashes
}

function send(call: { to: Address; data: Hex }, nonce: number): Call {
  const transaction = { ...call, from: localChain.basketAdmin, gas: hex(registrationGas), nonce: hex(nonce) }
  return { method: 'eth_sendTransaction', params: [transaction] }
}

function hex(value: number | bigint): Hex {
  return `0x${value.toString(16)}`
}
