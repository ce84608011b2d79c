// Names the capabilities of the DON, as the SDK asks for them.

/** HTTP requests that each node sends for itself. */
export const HTTP_ACTIONS = 'http-actions@1.0.0-alpha'
/** Common values and signed reports. */
export const CONSENSUS = 'consensus@1.0.0-alpha'

/** Reads and writes of a chain. */
export const evmOf = (selector: bigint): string => `evm:ChainSelector:${selector}@1.0.0`

/** All that a DON with one chain has. */
export const capabilitiesOf = (selector: bigint): string[] => [HTTP_ACTIONS, CONSENSUS, evmOf(selector)]
