/** What every command works on: the chain, the basket's contracts and the officer's key. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, type Hex, type PublicClient, createPublicClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type DeploymentRecord, readRecord } from '../lib/deployment'
import { localChain } from '../lib/local-chain'
import { localDir } from '../lib/paths'
import { findStack } from '../lib/stack-file'
import { factoryAbi, tokenAbi } from './abi'
import type { CallContext } from './call'
import { UsageError, address } from './input'

export interface ComplianceContext extends CallContext {
  chain: PublicClient
  chainId: number
  rpcUrl: string
  record: DeploymentRecord
  /** Whose key signs; absent when none is configured. */
  officer: Account | undefined
  dryRun: boolean
}

export interface ContextOptions {
  /** The consumer of the basket; default: the first basket of the deployment. */
  basket: string | undefined
  dryRun: boolean
}

export async function openContext({ basket: wanted, dryRun }: ContextOptions): Promise<ComplianceContext> {
  const record = deploymentRecord()
  const rpcUrl = process.env.RPC_URL?.split(',')[0] || localRpcUrl()
  const chain = createPublicClient({ transport: http(rpcUrl) })
  const chainId = await chain.getChainId().catch(() => {
    throw new UsageError(
      'the chain does not answer: start the local stack (bash scripts/start-backend.sh), or check RPC_URL',
    )
  })
  if (chainId !== record.chainId) {
    throw new UsageError(`RPC_URL leads to chain ${chainId}, but the deployment record is of chain ${record.chainId}`)
  }
  const consumer = address(wanted ?? record.firstBasket?.mintingConsumer, '--basket')
  const basket = await chain
    .readContract({ address: record.basketFactory, abi: factoryAbi, functionName: 'basketOf', args: [consumer] })
    .catch(() => undefined)
  if (basket?.mintingConsumer !== consumer) {
    throw new UsageError(`${consumer} is not the consumer of a basket of factory ${record.basketFactory}`)
  }
  const decimals = await chain.readContract({ address: basket.stablecoin, abi: tokenAbi, functionName: 'decimals' })
  return { chain, chainId, rpcUrl, record, registries: record, basket, decimals, officer: officerOf(chainId), dryRun }
}

function deploymentRecord(): DeploymentRecord {
  const file = process.env.DEPLOYMENT || join(localDir, 'deployments', `${localChain.id}.json`)
  if (!existsSync(file)) {
    throw new UsageError(
      `there is no deployment record at ${file}: start the local stack, or set DEPLOYMENT to the record of deployments/<chainId>.json`,
    )
  }
  return readRecord(file)
}

function localRpcUrl(): string {
  const stack = findStack()
  if (stack === undefined) throw new UsageError('set RPC_URL to the chain of the deployment record')
  return stack.chain
}

function officerOf(chainId: number): Account | undefined {
  const key = process.env.COMPLIANCE_KEY || (chainId === localChain.id ? localChain.basketAdminKey : undefined)
  if (key === undefined) return undefined
  if (!/^0x[0-9a-fA-F]{64}$/.test(key))
    throw new UsageError('COMPLIANCE_KEY is not a private key: 0x and 64 hex digits')
  return privateKeyToAccount(key as Hex)
}
