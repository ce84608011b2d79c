/** The call that creates a basket. Brings viem. */
import { parseAbi } from 'viem'
import type { Terms } from './terms'

const factoryAbi = parseAbi([
  'struct BasketTerms { uint8 decimals; uint96 capPerWindow; uint24 windowSeconds; }',
  'function createBasket(string name, string symbol, address admin) returns (address stablecoin, address mintingConsumer)',
  'function createBasketWithTerms(string name, string symbol, address admin, BasketTerms terms) returns (address stablecoin, address mintingConsumer)',
  'error InvalidName()',
  'error InvalidSymbol()',
  'error InvalidDecimals(uint8 decimals)',
  'error InvalidLimit(uint256 limit)',
  'error ZeroAddress()',
  'error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)',
])

/** With terms of its own, or with the factory's. */
export function creationCall(name: string, symbol: string, admin: string, terms: Terms | undefined) {
  const [functionName, own] = terms === undefined ? ['createBasket', []] : ['createBasketWithTerms', [terms]]
  return { abi: factoryAbi, functionName, args: [name, symbol, admin, ...own] }
}
