// Defines what the methods of the EVM capability work with.
import type { Any } from '@bufbuild/protobuf/wkt'
import type { ChainSettings } from '../chain/chain'
import type { DeliveryMemory } from '../chain/delivery-memory'
import type { Funds } from '../chain/funds'
import type { Rpc } from '../chain/rpc'
import type { Transmitter } from '../chain/transaction'
import type { Don } from '../don/don'
import type { CapabilityCall } from './call'

/** The heights that a run's nodes agreed on a moment ago, by tag; a transmission ends them. */
export type Heights = Map<string, { height: Promise<string>; until: number }>

/** What the methods of the EVM capability work with. */
export type EvmContext = EvmParts & { heights: Heights }

/** What a run has for them. */
export type EvmParts = {
  don: Don
  chain: ChainSettings
  rpc: Rpc
  transmitter: Transmitter
  /** What the chain asked for when the transmitter's balance was looked at. */
  funds: () => Promise<Funds>
  deliveries: DeliveryMemory
}

/** A method: the work that f+1 equal calls set off once. Its checks belong here too, for all these calls fail alike. */
export type EvmMethod = (context: EvmContext, call: CapabilityCall) => Promise<Any>
