/** A source's API key: from the DON's secrets into the request of each node, and nowhere else. */
import { describe, expect, test } from 'bun:test'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expectMinted, expectRefused, openMintHarness, sum } from './support/mint-harness'
import { configurationOf, configure, payloadOf, runCommand, runDirectory } from './support/project'
import { type ReserveAnswer, healthyReserve } from './support/reserve-source'

const KEY = 'key-7f3a9c/+="quoted"'
const NODES = ['node-1', 'node-2', 'node-3', 'node-4']

const harness = await openMintHarness()
const basket = await harness.createBasket()
const secretsFile = path.join(path.dirname(harness.project.donFile), 'secrets.json')

function writeSecrets(secrets: Record<string, unknown>[]): void {
  writeFileSync(secretsFile, JSON.stringify({ version: 1, secrets }), { mode: 0o600 })
}

/** A bank that answers whoever sends one of the keys, and keeps them all. */
function bank(keys: string[]): { received: (string | null)[]; answer: ReserveAnswer } {
  const received: (string | null)[] = []
  return {
    received,
    answer({ headers }) {
      const key = headers.get('x-api-key')
      received.push(key)
      return keys.includes(key ?? '') ? healthyReserve() : new Response('who are you?', { status: 401 })
    },
  }
}

const keyed = () => sum(harness.sourceOf({ secret: 'bankKey' }))

test('API key: every node sends it, no output or file shows it', async () => {
  writeSecrets([{ id: 'bankKey', value: KEY }])
  const received: (string | null)[] = []
  // The worst a bank can do: repeat the key in a name that every log mentions.
  harness.source.answer(({ headers }) => {
    received.push(headers.get('x-api-key'))
    return healthyReserve({ accountName: `account of ${headers.get('x-api-key')}` })
  })
  configure(harness.project, { porApiUrl: undefined, reserves: keyed() })
  const runDir = runDirectory(harness.project, payloadOf(harness.project, { basket }))
  const { exitCode, stdout, stderr } = await runCommand(harness.project, { runDir })
  expect({ exitCode, received }).toEqual({ exitCode: 0, received: Array(NODES.length).fill(KEY) })
  expect(stdout.some((line) => line.startsWith('Mint report delivered: 0x'))).toBe(true)
  expect(stdout.join('\n')).toContain('account of [secret]')

  const written = readdirSync(runDir).map((name) => readFileSync(path.join(runDir, name), 'utf8'))
  expect(readdirSync(runDir).sort()).toEqual(['config.json', 'events.jsonl', 'http_trigger_payload.json'])
  const config = configurationOf(harness.project)
  for (const text of [...stdout, ...stderr, ...written, config]) expect(text).not.toContain('7f3a9c')
})

describe('API keys', () => {
  test('of single nodes are sent by those nodes alone', async () => {
    const keys = NODES.map((node) => `${node}-key`)
    writeSecrets([{ id: 'bankKey', nodes: Object.fromEntries(NODES.map((node) => [node, `${node}-key`])) }])
    const { received, answer } = bank(keys)
    harness.source.answer(answer)
    expectMinted(await harness.mint({ basket: await harness.createBasket(), reserves: keyed() }), '1000000')
    expect(received.sort()).toEqual(keys)
  })
  test('that the bank does not take stop the mint', async () => {
    writeSecrets([{ id: 'bankKey', value: KEY }])
    harness.source.answer(bank(['another key']).answer)
    expectRefused(await harness.mint({ basket, reserves: keyed() }), 'POR_UNAVAILABLE SOURCE_UNAVAILABLE')
  })
  test('that are not among the secrets stop the mint at once', async () => {
    rmSync(secretsFile)
    const { received, answer } = bank([KEY])
    harness.source.answer(answer)
    expectRefused(await harness.mint({ basket, reserves: keyed() }), 'POR_UNAVAILABLE SECRET_MISSING')
    expect(received).toEqual([])
  })
})
