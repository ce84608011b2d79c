import {
  type Address,
  type Hex,
  encodeFunctionData,
  encodeFunctionResult,
  getAddress,
  numberToHex,
  parseAbi,
} from 'viem'
import { multicall3Bytecode } from '../../node_modules/viem/constants/contracts'
import { MULTICALL3 } from '../../workflow/config/reserve-sources'
import { ACCOUNTS, type TestChain, mined } from './fixture'

const abi = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)',
  'function getPoRAddressListLength() view returns (uint256)',
  'function getPoRAddressList(uint256, uint256) view returns (string[])',
  'function balanceOf(address) view returns (uint256)',
])

/** Addresses of contracts that hold reserves, for `install`. */
export const FEED: Address = '0x1000000000000000000000000000000000000001'
export const LIST: Address = '0x1000000000000000000000000000000000000002'
export const COIN: Address = '0x1000000000000000000000000000000000000003'

/** One of many wallets. */
export const wallet = (index: number): Address => getAddress(numberToHex(0xabc0000000 + index, { size: 20 }))

export const secondsNow = (): number => Math.floor(Date.now() / 1000)

/** Puts Multicall3 where it is on every public chain. */
export async function installMulticall(chain: TestChain): Promise<void> {
  await chain.rpc('anvil_impersonateAccount', [ACCOUNTS.deployer])
  const { contractAddress } = await mined(chain, { from: ACCOUNTS.deployer, data: multicall3Bytecode, gas: '0x4c4b40' })
  await chain.rpc('anvil_setCode', [MULTICALL3, await chain.rpc('eth_getCode', [contractAddress, 'latest'])])
}

/** What an AggregatorV3 feed answers; updated five seconds ago, unless told otherwise. */
export function feedAnswers(params: {
  answer: bigint
  decimals?: number
  updatedAt?: number
  round?: bigint
}): Record<Hex, Hex> {
  const { answer, decimals = 8, updatedAt = secondsNow() - 5, round = 7n } = params
  const at = BigInt(updatedAt)
  return {
    ...decimalsAnswer(decimals),
    [encodeFunctionData({ abi, functionName: 'latestRoundData' })]: encodeFunctionResult({
      abi,
      functionName: 'latestRoundData',
      result: [round, answer, at, at, round],
    }),
  }
}

/** What a wallet address manager answers to whoever asks page by page. */
export function listAnswers(
  addresses: string[],
  params: { length?: number; pageSize?: number } = {},
): Record<Hex, Hex> {
  const { length = addresses.length, pageSize = 25 } = params
  const answers: Record<Hex, Hex> = {
    [encodeFunctionData({ abi, functionName: 'getPoRAddressListLength' })]: encodeFunctionResult({
      abi,
      functionName: 'getPoRAddressListLength',
      result: BigInt(length),
    }),
  }
  for (let start = 0; start < length; start += pageSize) {
    const end = Math.min(start + pageSize, length) - 1
    const call = encodeFunctionData({ abi, functionName: 'getPoRAddressList', args: [BigInt(start), BigInt(end)] })
    const page = addresses.slice(start, end + 1)
    answers[call] = encodeFunctionResult({ abi, functionName: 'getPoRAddressList', result: page })
  }
  return answers
}

/** What an ERC-20 token with six decimals answers. */
export function coinAnswers(balances: Record<Address, bigint>): Record<Hex, Hex> {
  const answers = decimalsAnswer(6)
  for (const [account, balance] of Object.entries(balances)) {
    const call = encodeFunctionData({ abi, functionName: 'balanceOf', args: [account as Address] })
    answers[call] = encodeFunctionResult({ abi, functionName: 'balanceOf', result: balance })
  }
  return answers
}

function decimalsAnswer(decimals: number): Record<Hex, Hex> {
  return {
    [encodeFunctionData({ abi, functionName: 'decimals' })]: encodeFunctionResult({
      abi,
      functionName: 'decimals',
      result: decimals,
    }),
  }
}
