/** Starts an Anvil and waits until it answers. */
import { type Program, launch, untilReady } from './process'
import { type Rpc, createRpc } from './rpc'

export interface AnvilStart {
  port: number
  /** Twice as many blocks is `finalized` behind; one where nothing is said. */
  slotsInAnEpoch?: number
  /** Beside host, port and the slots in an epoch. */
  args: string[]
  log: string
  pidFile?: string
}

export interface Anvil {
  program: Program
  rpc: Rpc
}

export async function startAnvil({ port, slotsInAnEpoch = 1, args, log, pidFile }: AnvilStart): Promise<Anvil> {
  const all = ['--host', '127.0.0.1', '--port', String(port), '--slots-in-an-epoch', String(slotsInAnEpoch), ...args]
  const program = launch({ name: 'anvil', command: 'anvil', args: all, log, pidFile })
  const rpc = createRpc(`http://127.0.0.1:${port}`)
  const isUp = async () => (await rpc.call<string>('eth_chainId', [])) !== ''
  await untilReady(program, { timeoutMs: 30_000, hint: `see ${log}` }, isUp)
  return { program, rpc }
}
