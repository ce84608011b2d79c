/**
 * Mints made outside any gateway: single-order reports in the DON's format, signed by f + 1 of its node keys and packed
 * into signed transactions before the clock starts, and sent straight to the forwarder.
 */
import { type Address, type Hex, encodeFunctionData, keccak256, stringToHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount, sign } from 'viem/accounts'
import { forwarderAbi, processedResult } from '../../../bank-stablecoin-por-ace-ccip-workflow/host/chain/forwarder'
import {
  encodeContext,
  encodeHeader,
  reportDigest,
  toForwarderSignature,
} from '../../../bank-stablecoin-por-ace-ccip-workflow/host/chain/report'
import {
  type DonFile,
  configDigestOf,
  readDonFile,
} from '../../../bank-stablecoin-por-ace-ccip-workflow/host/don/don-file'
import { executionIdOf, workflowIdOf } from '../../../bank-stablecoin-por-ace-ccip-workflow/host/don/identity'
import { INSTRUCTION, encodeReportBody } from '../../../bank-stablecoin-por-ace-ccip-workflow/workflow/chain/report'
import { bankReferenceToBytes32 } from '../../../bank-stablecoin-por-ace-ccip-workflow/workflow/orders/reference'
import type { Deployment } from '../../lib/deployment'
import type { Rpc } from '../../lib/rpc'
import type { Shape } from '../base/settings'
import { mintUnits } from './ledger'

/** As long as the workflow's own reports are valid. */
const validitySeconds = 600
export const reportId = 1
const boundlessReserves = 10n ** 30n
/** Far above the chain's, which falls to almost nothing under blocks that are never half full. */
export const maxFeePerGas = 10n ** 11n

/** What a mint needs and half as much again: a block takes as many transactions as their limits leave room for. */
export const deliveryGas = 1_500_000n

/** One account per caller, so that no nonce waits for another caller's. */
export function deliveryAccounts(count: number): PrivateKeyAccount[] {
  const keyOf = (index: number) => keccak256(stringToHex(`benchmark delivery account ${index}`))
  return Array.from({ length: count }, (_, index) => privateKeyToAccount(keyOf(index)))
}

export interface SignedMint {
  account: Address
  executionId: Hex
  transaction: Hex
}

export interface SignMints {
  rpc: Rpc
  deployment: Deployment
  donFile: string
  shape: Shape
  accountOf: (lane: number, round: number) => Address
  /** Tells these mints' references from all others. */
  label: string
}

/** Each caller's mints, in the order of its nonces. */
export async function signMints({
  rpc,
  deployment,
  donFile,
  shape,
  accountOf,
  label,
}: SignMints): Promise<SignedMint[][]> {
  const don = readDonFile(donFile)
  const accounts = deliveryAccounts(shape.inFlight)
  const nonces = await rpc.batch<Hex>(
    accounts.map(({ address }) => ({ method: 'eth_getTransactionCount', params: [address, 'latest'] })),
  )
  const lanes: SignedMint[][] = []
  for (const [lane, sender] of accounts.entries()) {
    const mints: SignedMint[] = []
    for (let round = 0; round < shape.rounds; round++) {
      const account = accountOf(lane, round)
      const { executionId, data } = await signReport({
        don,
        deployment,
        account,
        reference: `${label} ${lane} ${round}`,
      })
      const transaction = await sender.signTransaction({
        type: 'eip1559',
        chainId: deployment.chainId,
        nonce: Number(nonces[lane]) + round,
        to: deployment.forwarder,
        data,
        gas: deliveryGas,
        maxFeePerGas,
        maxPriorityFeePerGas: 1n,
      })
      mints.push({ account, executionId, transaction })
    }
    lanes.push(mints)
  }
  return lanes
}

interface ReportOrder {
  don: DonFile
  deployment: Deployment
  account: Address
  reference: string
  /** Base units; those of all mints here where nothing is said. */
  amount?: bigint
  reserves?: bigint
}

/** The call of the forwarder that delivers a mint, signed by f + 1 of the DON's keys. */
export async function signReport({
  don,
  deployment,
  account,
  reference,
  amount = mintUnits,
  reserves = boundlessReserves,
}: ReportOrder): Promise<{ executionId: Hex; data: Hex }> {
  const { workflowOwner, workflowName } = don
  const now = Math.floor(Date.now() / 1000)
  const none = new Uint8Array()
  const workflowId = workflowIdOf({ owner: workflowOwner, name: workflowName, binary: none, config: none })
  const executionId = executionIdOf({ workflowId, requestId: reference })
  const header = encodeHeader({
    executionId,
    timestamp: now,
    donId: don.donId,
    configVersion: don.configVersion,
    workflowId,
    workflowName,
    workflowOwner,
    reportId,
  })
  const body = encodeReportBody({
    instruction: INSTRUCTION.mint,
    chainId: deployment.chainId,
    consumer: deployment.firstBasket.mintingConsumer,
    validUntil: now + validitySeconds,
    reserves: { amount: reserves, observedAt: now },
    orders: [{ bankRef: bankReferenceToBytes32(reference), account, amount }],
  })
  const rawReport: Hex = `${header}${body.slice(2)}` as Hex
  const context = encodeContext({ configDigest: configDigestOf(don), seqNr: 1 })
  const hash = reportDigest({ rawReport, context })
  const signers = don.nodes.slice(0, don.f + 1)
  const signatures = await Promise.all(
    signers.map(async ({ privateKey }) => toForwarderSignature(await sign({ hash, privateKey, to: 'hex' }))),
  )
  const args = [deployment.firstBasket.mintingConsumer, rawReport, context, signatures] as const
  return { executionId, data: encodeFunctionData({ abi: forwarderAbi, functionName: 'report', args }) }
}

/** Sends a mint and answers with its transaction when the receipt says that the consumer took the report. */
export async function deliver(rpc: Rpc, deployment: Deployment, mint: SignedMint): Promise<Hex> {
  const receipt = await rpc.call<{ transactionHash: Hex; logs: unknown }>('eth_sendRawTransactionSync', [
    mint.transaction,
  ])
  const id = { receiver: deployment.firstBasket.mintingConsumer, executionId: mint.executionId, reportId }
  if (!processedResult({ logs: receipt.logs, forwarder: deployment.forwarder, id })) {
    throw new Error(`the consumer did not take the report in ${receipt.transactionHash}`)
  }
  return receipt.transactionHash
}
