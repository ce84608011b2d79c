// Counts what the listed addresses hold on a chain.
import type { Runtime } from '@chainlink/cre-sdk'
import { type Address, decodeFunctionResult, encodeFunctionData, getAddress, isAddress, parseAbi } from 'viem'
import type { Decimal } from '../../base/decimal'
import { ADDRESSES_PER_PAGE, BALANCES_PER_CALL } from '../../config/budget'
import type { Config } from '../../config/config'
import type { ListSource, WalletSource } from '../../config/reserve-sources'
import { refuse } from '../source/source-error'
import { readFeed } from './feed'
import { type Snapshot, openSnapshot, readContract } from './read'

const NATIVE_DECIMALS = 18

const listAbi = parseAbi([
  'function getPoRAddressListLength() view returns (uint256)',
  'function getPoRAddressList(uint256 startIndex, uint256 endIndex) view returns (string[])',
])
const tokenAbi = parseAbi([
  'function decimals() view returns (uint8)',
  'function balanceOf(address account) view returns (uint256)',
])
const multicallAbi = parseAbi([
  'struct Call3 { address target; bool allowFailure; bytes callData; }',
  'struct Result { bool success; bytes returnData; }',
  'function aggregate3(Call3[] calls) view returns (Result[])',
  'function getEthBalance(address account) view returns (uint256)',
])

/** Balances of the configured or listed addresses at one finalized block, in the basket's currency. */
export function readHoldings(
  runtime: Runtime<Config>,
  settings: ListSource | WalletSource,
): { amount: Decimal; observedAt: number } {
  const at = openSnapshot(runtime, settings)
  const addresses = settings.dialect === 'wallets' ? settings.addresses : readList(runtime, { at, settings })
  const accounts = parseAccounts(addresses)
  const scale = decimalsOf(runtime, { at, settings })
  const digits = readBalances(runtime, { at, settings, accounts }).reduce((sum, balance) => sum + balance, 0n)
  if (settings.priceFeed === undefined) return { amount: { digits, scale }, observedAt: at.time }
  const { address, maxAgeSeconds } = settings.priceFeed
  const price = readFeed(runtime, { at, address, decimals: undefined })
  if (at.time - price.observedAt > maxAgeSeconds) refuse('TOO_OLD')
  return { amount: { digits: digits * price.amount.digits, scale: scale + price.amount.scale }, observedAt: at.time }
}

/** The manager's list, page by page at the snapshot's block, so that it cannot change while it is read. */
function readList(runtime: Runtime<Config>, params: { at: Snapshot; settings: ListSource }): string[] {
  const { at, settings } = params
  const contract = { at, abi: listAbi, to: settings.address }
  const length = readContract(runtime, { ...contract, functionName: 'getPoRAddressListLength', args: [] })
  if (length === 0n || length > BigInt(settings.maxAddresses)) refuse('ADDRESS_LIST_INVALID')
  const listed: string[] = []
  for (let start = 0; start < Number(length); start += ADDRESSES_PER_PAGE) {
    const end = Math.min(start + ADDRESSES_PER_PAGE, Number(length)) - 1
    const args = [BigInt(start), BigInt(end)] as const
    const page = readContract(runtime, { ...contract, functionName: 'getPoRAddressList', args })
    if (page.length !== end - start + 1) refuse('ADDRESS_LIST_INVALID')
    listed.push(...page)
  }
  return listed
}

/** Checksummed addresses; one that stands twice would count twice. */
function parseAccounts(addresses: string[]): Address[] {
  const accounts = addresses.map((text) => {
    const address = text.trim()
    return isAddress(address, { strict: false }) ? getAddress(address) : refuse('ADDRESS_LIST_INVALID')
  })
  return new Set(accounts).size === accounts.length ? accounts : refuse('ADDRESS_LIST_INVALID')
}

function decimalsOf(runtime: Runtime<Config>, params: { at: Snapshot; settings: ListSource | WalletSource }): number {
  const { asset, decimals } = params.settings
  const found =
    asset === 'native'
      ? NATIVE_DECIMALS
      : readContract(runtime, { at: params.at, abi: tokenAbi, to: asset, functionName: 'decimals', args: [] })
  return decimals === undefined || decimals === found ? found : refuse('DECIMALS_MISMATCH')
}

function readBalances(
  runtime: Runtime<Config>,
  params: { at: Snapshot; settings: ListSource | WalletSource; accounts: Address[] },
): bigint[] {
  const { at, settings, accounts } = params
  const { asset, multicall } = settings
  const found: bigint[] = []
  for (let start = 0; start < accounts.length; start += BALANCES_PER_CALL) {
    const calls = accounts.slice(start, start + BALANCES_PER_CALL).map((account) => ({
      target: (asset === 'native' ? multicall : asset) as Address,
      allowFailure: false,
      callData:
        asset === 'native'
          ? encodeFunctionData({ abi: multicallAbi, functionName: 'getEthBalance', args: [account] })
          : encodeFunctionData({ abi: tokenAbi, functionName: 'balanceOf', args: [account] }),
    }))
    const results = readContract(runtime, {
      at,
      abi: multicallAbi,
      to: multicall,
      functionName: 'aggregate3',
      args: [calls],
    })
    if (results.length !== calls.length) refuse('CHAIN_UNREADABLE')
    for (const { returnData } of results) {
      found.push(decodeFunctionResult({ abi: tokenAbi, functionName: 'balanceOf', data: returnData }))
    }
  }
  return found
}
