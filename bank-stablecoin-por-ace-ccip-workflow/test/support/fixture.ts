import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Address, Hex } from 'viem'
import { type Rpc, createRpc } from '../../host/chain/rpc'
import { type DonFile, selectorOf } from '../../host/don/don-file'

export const WORKFLOW_DIR = path.resolve(import.meta.dir, '../..')
const ROOT = path.resolve(WORKFLOW_DIR, '..')
/** Where the fixture lies; built on first use. */
const FIXTURE_DIR = process.env['FIXTURE_DIR'] ?? path.join(ROOT, 'target/fixture')
const START_MILLIS = 20_000

/** For a transaction to be in a block. */
const MINED_MILLIS = 60_000

export const ACCOUNTS = {
  deployer: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  basketAdmin: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  beneficiary: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd',
} as const satisfies Record<string, Address>

/** A stablecoin and the consumer that mints it. */
export type Basket = { stablecoin: Address; mintingConsumer: Address }

/** The deployment record, as far as the tests need it. */
export type Deployment = { forwarder: Address; basketFactory: Address; firstBasket: Basket }

/** An Anvil of this test's own, loaded with the deployed contracts. */
export type TestChain = { rpcUrl: string; rpc: Rpc; deployment: Deployment; stop: () => Promise<void> }

/** Starts an Anvil on a free port; blocks are mined on demand, without `mining` only by evm_mine: nothing moves by itself. */
export async function startChain(params: { empty?: boolean; mining?: boolean } = {}): Promise<TestChain> {
  ensureFixture()
  const port = freePort()
  const state = params.empty === true ? [] : ['--load-state', path.join(FIXTURE_DIR, 'state.json')]
  const anvil = Bun.spawn(
    [
      path.join(WORKFLOW_DIR, 'node_modules/.bin/anvil'),
      '--port',
      String(port),
      '--slots-in-an-epoch',
      '1',
      '--silent',
      ...(params.mining === false ? ['--no-mining'] : []),
      ...state,
    ],
    { stdout: 'ignore', stderr: 'ignore' },
  )
  const rpcUrl = `http://127.0.0.1:${port}`
  const rpc = createRpc({ url: rpcUrl, timeoutMillis: 5_000 })
  await untilAnswering(rpc)
  return {
    rpcUrl,
    rpc,
    deployment: JSON.parse(readFileSync(path.join(FIXTURE_DIR, '31337.json'), 'utf8')) as Deployment,
    async stop() {
      anvil.kill()
      await anvil.exited
    },
  }
}

/** A directory with the fixture's keys for this chain; `change` may alter don.json. */
export async function keysFor(chain: TestChain, change: (don: DonFile) => DonFile = (don) => don): Promise<string> {
  const directory = temporaryDirectory('keys')
  const don = JSON.parse(readFileSync(path.join(FIXTURE_DIR, 'don.json'), 'utf8')) as DonFile
  const { selector, chainId } = await selectorOf({ chainSelectorName: 'anvil-devnet' })
  const chains = [
    {
      chainSelectorName: 'anvil-devnet',
      chainSelector: selector.toString(),
      chainId,
      rpcUrl: chain.rpcUrl,
      forwarder: chain.deployment.forwarder,
    },
  ]
  const transmitters = readFileSync(path.join(FIXTURE_DIR, 'transmitters.json'))
  writeFileSync(path.join(directory, 'transmitters.json'), transmitters, { mode: 0o600 })
  writeFileSync(path.join(directory, 'don.json'), JSON.stringify(change({ ...don, chains })), { mode: 0o600 })
  return path.join(directory, 'don.json')
}

const temporary: string[] = []

/** A directory below target/ that `removeTemporary` takes away. */
export function temporaryDirectory(name: string): string {
  const parent = path.join(ROOT, 'target/test-cre')
  mkdirSync(parent, { recursive: true })
  const directory = mkdtempSync(path.join(parent, `${name}-`))
  temporary.push(directory)
  return directory
}

/** Removes what `temporaryDirectory` made in this file. */
export function removeTemporary(): void {
  for (const directory of temporary.splice(0)) rmSync(directory, { recursive: true, force: true })
}

/** Calls a contract as an account of Anvil's own. */
export async function sendFrom(chain: TestChain, params: { from: Address; to?: Address; data: Hex }): Promise<void> {
  await chain.rpc('anvil_impersonateAccount', [params.from])
  await chain.rpc('anvil_setBalance', [params.from, '0xde0b6b3a7640000'])
  const receipt = await mined(chain, { ...params, gas: '0x4c4b40' })
  if (receipt.status !== '0x1') throw new Error(`transaction to ${params.to} reverted`)
}

/** What a test wants to know of a transaction in a block. */
export type Receipt = { transactionHash: Hex; status: Hex; contractAddress: Address | null }

/** Sends a transaction of an unlocked account and waits for its block, which Anvil makes at once but not before it answers. */
export async function mined(chain: TestChain, transaction: Record<string, unknown>): Promise<Receipt> {
  const hash = await chain.rpc('eth_sendTransaction', [transaction])
  const deadline = performance.now() + MINED_MILLIS
  while (performance.now() < deadline) {
    const receipt = (await chain.rpc('eth_getTransactionReceipt', [hash])) as Receipt | null
    if (receipt !== null) return receipt
    await Bun.sleep(5)
  }
  throw new Error(`transaction ${hash} is in no block`)
}

function ensureFixture(): void {
  if (process.env['FIXTURE_DIR'] === undefined) {
    const built = Bun.spawnSync(['bash', path.join(ROOT, 'scripts/test-fixture.sh')], {
      stdout: 'inherit',
      stderr: 'inherit',
    })
    if (built.exitCode !== 0) throw new Error('scripts/test-fixture.sh failed')
  }
  if (!existsSync(path.join(FIXTURE_DIR, 'state.json'))) throw new Error(`${FIXTURE_DIR} holds no fixture`)
}

function freePort(): number {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
  const { port } = server
  server.stop(true)
  return port
}

async function untilAnswering(rpc: Rpc): Promise<void> {
  const deadline = performance.now() + START_MILLIS
  for (;;) {
    try {
      await rpc('eth_chainId', [])
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await Bun.sleep(20)
    }
  }
}

/** The raw report, in hexadecimal, of the transaction that delivered it to the forwarder. */
export async function rawReportOf(chain: TestChain, txHash: string): Promise<string> {
  const { input } = (await chain.rpc('eth_getTransactionByHash', [txHash])) as { input: string }
  const words = input.slice(10)
  const at = Number(BigInt(`0x${words.slice(64, 128)}`)) * 2
  const length = Number(BigInt(`0x${words.slice(at, at + 64)}`)) * 2
  return words.slice(at + 64, at + 64 + length)
}
