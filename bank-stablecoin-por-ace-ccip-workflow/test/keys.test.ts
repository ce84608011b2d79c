import { afterAll, describe, expect, test } from 'bun:test'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { chainOf, readDonFile } from '../host/don/don-file'
import { WORKFLOW_DIR, removeTemporary, temporaryDirectory } from './support/fixture'

afterAll(removeTemporary)

const FORWARDER = '0x5FbDB2315678afecb367f032d93F642f64180aa3'

function keys(directory: string, ...args: string[]): { exitCode: number; stdout: string; stderr: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, 'run', path.join(WORKFLOW_DIR, 'host/keys.ts'), '--dir', directory, ...args],
    { cwd: WORKFLOW_DIR },
  )
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() }
}

describe('host/keys.ts', () => {
  test('makes keys that only their owner can read, once', () => {
    const directory = path.join(temporaryDirectory('keys'), 'don')
    const first = keys(directory, '--nodes', '7', '--f', '2', '--transmitters', '3')
    const files = ['don.json', 'transmitters.json'].map((name) => path.join(directory, name))
    const contents = files.map((file) => readFileSync(file, 'utf8'))
    expect(keys(directory, '--nodes', '4').stdout).toBe(first.stdout)
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(contents)
    expect([directory, ...files].map((name) => statSync(name).mode & 0o777)).toEqual([0o700, 0o600, 0o600])

    const don = readDonFile(files[0] ?? '')
    const line = JSON.parse(first.stdout) as { signers: string[]; transmitters: string[]; f: number }
    expect(line.signers).toEqual(don.nodes.map(({ address }) => address))
    expect([line.f, line.transmitters.length, new Set(line.signers).size]).toEqual([2, 3, 7])
    expect(first.stdout).not.toContain(don.nodes[0]?.privateKey.slice(2) ?? 'x')
  })

  test('records a chain again and again', async () => {
    const directory = temporaryDirectory('keys')
    for (const port of [1, 2]) {
      expect(
        keys(
          directory,
          '--set-chain',
          'anvil-devnet',
          '--rpc-url',
          `http://127.0.0.1:${port}`,
          '--forwarder',
          FORWARDER,
        ).exitCode,
      ).toBe(0)
    }
    const don = readDonFile(path.join(directory, 'don.json'))
    expect(don.chains).toHaveLength(1)
    expect(await chainOf({ don, name: 'anvil-devnet', rpcUrl: undefined })).toEqual({
      name: 'anvil-devnet',
      selector: 7759470850252068959n,
      chainId: 31337,
      rpcUrl: 'http://127.0.0.1:2',
      forwarder: FORWARDER,
    })
    await expect(chainOf({ don, name: 'ethereum-mainnet', rpcUrl: undefined })).rejects.toThrow(
      "none of the DON's chains",
    )
  })

  test.each([
    [['--nodes', '3'], '--nodes must be above 3f'],
    [['--nodes', '32'], 'at most 31'],
    [['--f', '0'], '--f is no count'],
    [['--set-chain', 'anvil-devnet'], '--set-chain needs --rpc-url and --forwarder'],
    [
      ['--set-chain', 'nowhere', '--rpc-url', 'http://127.0.0.1:1', '--forwarder', FORWARDER],
      'nowhere is no EVM chain',
    ],
  ])('%j is refused', (args, reason) => {
    const { exitCode, stderr } = keys(temporaryDirectory('keys'), ...args)
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(reason) })
  })
})

test('DON file: too few nodes for f, or equal ones, are refused', async () => {
  const directory = temporaryDirectory('keys')
  keys(directory)
  const file = path.join(directory, 'don.json')
  const don = readDonFile(file)
  const rewritten = async (change: object) => {
    await Bun.write(file, JSON.stringify({ ...don, ...change }))
    return () => readDonFile(file)
  }
  expect(await rewritten({ f: 2 })).toThrow('cannot tolerate f=2')
  expect(await rewritten({ nodes: [...don.nodes, don.nodes[0]] })).toThrow('share a name or an address')
  expect(await rewritten({ f: '1' })).toThrow(/f /)
  expect(await rewritten({})).not.toThrow()
})
