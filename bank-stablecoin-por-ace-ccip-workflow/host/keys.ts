// `bun run host/keys.ts --dir DIR [--nodes 4] [--f 1] [--transmitters 8]` makes the DON's keys, once.

// `… --dir DIR --set-chain NAME --rpc-url URL --forwarder 0x…` records a chain. Prints one JSON line with the addresses.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Address, Hex } from 'viem'
import { HostError, messageOf } from './base/errors'
import { type DonFile, addressOf, readDonFile, readTransmitters, selectorOf } from './don/don-file'

const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700
const MAX_NODES = 31

type Key = { address: Address; privateKey: Hex }

function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      nodes: { type: 'string', default: '4' },
      f: { type: 'string', default: '1' },
      transmitters: { type: 'string', default: '8' },
      'set-chain': { type: 'string' },
      'rpc-url': { type: 'string' },
      forwarder: { type: 'string' },
    },
  })
  if (values.dir === undefined) throw new HostError('HOST_ERROR', '--dir names the directory of the keys')
  const directory = path.resolve(values.dir)
  const counts = {
    nodes: count(values.nodes, 'nodes'),
    f: count(values.f, 'f'),
    transmitters: count(values.transmitters, 'transmitters'),
  }
  createKeys({ directory, ...counts })
  return finish({ directory, chain: values['set-chain'], rpcUrl: values['rpc-url'], forwarder: values.forwarder })
}

async function finish(params: {
  directory: string
  chain: string | undefined
  rpcUrl: string | undefined
  forwarder: string | undefined
}): Promise<void> {
  const donFile = path.join(params.directory, 'don.json')
  if (params.chain !== undefined) await setChain({ ...params, donFile, chain: params.chain })
  const don = readDonFile(donFile)
  const line = {
    signers: don.nodes.map(({ address }) => address),
    f: don.f,
    donId: don.donId,
    configVersion: don.configVersion,
    transmitters: readTransmitters({ donFile, don }).map(({ address }) => address),
    workflowOwner: don.workflowOwner,
    workflowName: don.workflowName,
  }
  console.log(JSON.stringify(line))
}

/** Writes don.json and transmitters.json where they do not exist; keys that exist are never touched. */
function createKeys(params: { directory: string; nodes: number; f: number; transmitters: number }): void {
  const { directory, nodes, f } = params
  if (nodes <= 3 * f || nodes > MAX_NODES) {
    throw new HostError('HOST_ERROR', `--nodes must be above 3f (${3 * f}) and at most ${MAX_NODES}`)
  }
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE })
  chmodSync(directory, DIRECTORY_MODE)
  const transmittersFile = path.join(directory, 'transmitters.json')
  if (!existsSync(transmittersFile)) {
    writePrivate(transmittersFile, { version: 1, transmitters: Array.from({ length: params.transmitters }, newKey) })
  }
  const donFile = path.join(directory, 'don.json')
  if (existsSync(donFile)) return
  const don: DonFile = {
    version: 1,
    donId: 1,
    configVersion: 1,
    f,
    workflowOwner: newKey().address,
    workflowName: 'bank-stablecoin-mint',
    nodes: Array.from({ length: nodes }, (_, index) => ({ name: `node-${index + 1}`, ...newKey() })),
    transmitters: 'transmitters.json',
    chains: [],
  }
  writePrivate(donFile, don)
}

/** Records (or replaces) the chain's endpoint and forwarder. */
async function setChain(params: {
  donFile: string
  chain: string
  rpcUrl: string | undefined
  forwarder: string | undefined
}): Promise<void> {
  const { chain, rpcUrl, forwarder } = params
  if (rpcUrl === undefined || forwarder === undefined || !/^0x[0-9a-fA-F]{40}$/.test(forwarder)) {
    throw new HostError('HOST_ERROR', '--set-chain needs --rpc-url and --forwarder 0x…')
  }
  const don = readDonFile(params.donFile)
  const { selector, chainId } = await selectorOf({ chainSelectorName: chain })
  const entry = {
    chainSelectorName: chain,
    chainSelector: selector.toString(),
    chainId,
    rpcUrl,
    forwarder: forwarder as Address,
  }
  const others = don.chains.filter(({ chainSelectorName }) => chainSelectorName !== chain)
  writePrivate(params.donFile, { ...don, chains: [...others, entry] })
}

function newKey(): Key {
  const privateKey: Hex = `0x${randomBytes(32).toString('hex')}`
  return { address: addressOf(privateKey), privateKey }
}

/** Replaces the file in one step: a reader sees the old or the new one. */
function writePrivate(file: string, content: unknown): void {
  const draft = `${file}.${process.pid}.new`
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: FILE_MODE })
  renameSync(draft, file)
}

function count(text: string, name: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new HostError('HOST_ERROR', `--${name} is no count`)
  return Number(text)
}

try {
  await main()
} catch (error) {
  console.error(messageOf(error))
  process.exit(1)
}
