/** The local DON's keys, made once by the workflow's own program and found again; they never leave their files. */
import { spawnSync } from 'node:child_process'
import { workflowDir } from './paths'

/** The addresses behind the keys in `<folder>/don.json`. */
export interface DonKeys {
  signers: string[]
  transmitters: string[]
  workflowOwner: string
}

/** Makes the node and transmitter keys in a folder unless they exist. */
export function ensureDonKeys(folder: string): DonKeys {
  return runKeys(folder, [])
}

/** Tells the DON where the local chain and its forwarder are. */
export function recordChain(folder: string, { rpcUrl, forwarder }: { rpcUrl: string; forwarder: string }): void {
  runKeys(folder, ['--set-chain', 'anvil-devnet', '--rpc-url', rpcUrl, '--forwarder', forwarder])
}

function runKeys(folder: string, args: string[]): DonKeys {
  const command = ['run', '--silent', 'keys', '--dir', folder, ...args]
  const done = spawnSync(process.execPath, command, { cwd: workflowDir, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`the DON's keys could not be prepared: ${done.stderr.trim()}`)
  return JSON.parse(done.stdout) as DonKeys
}
