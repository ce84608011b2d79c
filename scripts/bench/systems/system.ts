/** A way to mint that is measured. */
import type { Address, Hex } from 'viem'
import type { Shape } from '../base/settings'
import type { Chain } from '../chain/anvil'
import type { Environment } from '../chain/environment'

export interface Ticket {
  /** Which of the callers asks, and for the how many-th time in this cell. */
  lane: number
  round: number
  account: Address
}

export interface System {
  /** The process to account for; its descendants count with it. Absent where the benchmark itself does all there is to do. */
  pid?: number
  /** What has to be done before the clock of a cell starts, if anything. */
  prepare?: (shape: Shape, accountOf: (lane: number, round: number) => Address) => Promise<void>
  /** Mints once; answers with the transaction that holds the mint, throws when there is none. */
  mint: (ticket: Ticket) => Promise<Hex>
  stop: () => Promise<void>
}

export interface Site {
  environment: Environment
  chain: Chain
  /** Folder of this measurement. */
  folder: string
  /** Its name, different from all others. */
  name: string
}

export type StartSystem = (site: Site) => Promise<System>
