/** The embedded chain: Anvil with its state on disk, so that a restart finds the same chain. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { startAnvil } from '../lib/anvil'
import type { Rpc } from '../lib/rpc'
import { type LocalParts, logFile, pidFile } from './settings'

/** Idle blocks move the clock and the finalized tag (two blocks behind); a transaction is mined at once all the same. */
const blockSeconds = 5
const stateDumpSeconds = 10
/** Wei that an account which sends reports has at least. */
const enough = 10n ** 20n

export async function startChain(settings: LocalParts): Promise<Rpc> {
  mkdirSync(dirname(settings.stateFile), { recursive: true })
  const state = ['--state', settings.stateFile, '--state-interval', String(stateDumpSeconds)]
  const { rpc } = await startAnvil({
    port: settings.chainPort,
    args: [...state, '--block-time', String(blockSeconds), '--mixed-mining'],
    log: logFile(settings, 'anvil'),
    pidFile: pidFile(settings, 'anvil'),
  })
  await checkGenesis(rpc, settings)
  return rpc
}

/** A chain that lost its state, or another program's chain, would make every stored address a lie. */
async function checkGenesis(rpc: Rpc, { genesisFile, deploymentRecord, localDir }: LocalParts): Promise<void> {
  const foreign = (what: string) =>
    new Error(
      `the local chain ${what}: its state was lost or replaced. Remove ${localDir} to start over with a new chain`,
    )
  const block = await rpc.call<{ hash: string }>('eth_getBlockByNumber', ['0x0', false])
  if (!existsSync(genesisFile)) {
    if (existsSync(deploymentRecord)) throw foreign('has no recorded genesis block')
    writeFileSync(genesisFile, block.hash)
  } else if (readFileSync(genesisFile, 'utf8') !== block.hash) {
    throw foreign('is not the one that the contracts were deployed on')
  }
}

/** Gives the accounts that send reports enough local ether. */
export async function fund(rpc: Rpc, addresses: string[]): Promise<void> {
  for (const address of addresses) {
    const balance = BigInt(await rpc.call<string>('eth_getBalance', [address, 'latest']))
    if (balance < enough / 2n) await rpc.call('anvil_setBalance', [address, `0x${enough.toString(16)}`])
  }
}
