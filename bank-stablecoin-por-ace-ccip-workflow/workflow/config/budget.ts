// Counts what the reserve sources need of a DON's quotas.

type Holdings = { asset: string; priceFeed?: unknown }

/** What of a source's configuration decides how much it reads. */
export type CountedSource = { class: string } & (
  | ({ dialect: 'wallets'; addresses: string[] } & Holdings)
  | ({ dialect: 'por-address-list'; maxAddresses: number } & Holdings)
  | { dialect: 'aggregator-v3' | 'bridge' | 'bitgo' | 'guide' | 'harris-trotter' | 'ledgerlens-tusd' | 'paxos' }
  | { dialect: 'network-firm-v1' | 'network-firm-v2' }
)

/** A DON's quotas per execution; each node may send so many HTTP requests and reads of the chain. */
const HTTP_CALLS = 5
const EVM_READS = 15
/** The factory's word that it has the basket, its survey, and this once more for the decimals of an MT103 message. */
const BASKET_READS = 3
/** The block that a source is read at; decimals and latest round of a feed, which for prices is read at that block, too. */
const SNAPSHOT_READS = 1
const FEED_READS = 2
/** Call and answer are bounded by 5 KB each: 128 bytes per address as text, 224 bytes per balance asked of Multicall3. */
export const ADDRESSES_PER_PAGE = 25
export const BALANCES_PER_CALL = 20

/** The sentence that says which quota the sources exceed at worst; undefined when they fit. */
export function checkBudget(sources: CountedSource[]): string | undefined {
  const sum = (count: (source: CountedSource) => number): number =>
    sources.reduce((total, source) => total + count(source), 0)
  const calls = sum(httpCallsOf)
  if (calls > HTTP_CALLS) return `the sources need ${calls} HTTP calls, a DON allows ${HTTP_CALLS}`
  const reads = BASKET_READS + sum(readsOf)
  return reads > EVM_READS ? `the sources need up to ${reads} reads of the chain, a DON allows ${EVM_READS}` : undefined
}

function httpCallsOf(source: CountedSource): number {
  if (source.class === 'on-chain') return 0
  return source.dialect === 'bridge' ? 2 : 1
}

/** At worst: pinned block, contract's own decimals, price feed, list length and pages, balances. */
function readsOf(source: CountedSource): number {
  switch (source.dialect) {
    case 'aggregator-v3':
      return SNAPSHOT_READS + FEED_READS
    case 'wallets':
      return holdingReads(source, source.addresses.length)
    case 'por-address-list':
      return 1 + Math.ceil(source.maxAddresses / ADDRESSES_PER_PAGE) + holdingReads(source, source.maxAddresses)
    default:
      return 0
  }
}

function holdingReads(source: Holdings, addresses: number): number {
  const decimals = source.asset === 'native' ? 0 : 1
  const price = source.priceFeed === undefined ? 0 : FEED_READS
  return SNAPSHOT_READS + decimals + price + Math.ceil(addresses / BALANCES_PER_CALL)
}
