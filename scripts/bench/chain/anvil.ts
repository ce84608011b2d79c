/** An Anvil of the benchmark's own, begun anew from the same state for every system. */
import { startAnvil } from '../../lib/anvil'
import type { Program } from '../../lib/process'
import type { Rpc } from '../../lib/rpc'
import { type Mining, blockGasLimits } from '../base/settings'

export interface Chain {
  program: Program
  rpc: Rpc
  mining: Mining
}

export interface ChainStart {
  port: number
  mining: Mining
  /** State to begin with. */
  loadState: string
  /** Where the state goes when the chain is stopped. */
  dumpState?: string
  log: string
}

export async function startChain({ port, mining, loadState, dumpState, log }: ChainStart): Promise<Chain> {
  const args = [
    ['--silent', '--load-state', loadState],
    dumpState === undefined ? [] : ['--dump-state', dumpState],
    mining === 'automine' ? [] : ['--block-time', '1'],
  ].flat()
  const { program, rpc } = await startAnvil({ port, args, log })
  // The loaded state brings its own limit, which is stronger than --gas-limit.
  await rpc.call('evm_setBlockGasLimit', [`0x${blockGasLimits[mining].toString(16)}`])
  return { program, rpc, mining }
}

/** Moves the clock of a chain that makes blocks on demand only: what is measured next must not meet an old block. */
export async function refreshClock({ rpc, mining }: Chain): Promise<void> {
  if (mining === 'automine') await rpc.call('evm_mine', [])
}

/** Makes a block at once for whatever is done within; only what is not measured may be hurried. */
export async function hurry({ rpc, mining }: Chain, work: () => Promise<unknown>): Promise<void> {
  if (mining !== 'automine') await rpc.call('evm_setAutomine', [true])
  await work()
  if (mining !== 'automine') await rpc.call('evm_setIntervalMining', [1])
}
