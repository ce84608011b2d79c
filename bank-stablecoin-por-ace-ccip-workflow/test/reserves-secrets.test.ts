/** A source's API key: from the DON's secrets into the request of each node, and nowhere else. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Basket, FIXTURE_MILLIS, TEST_MILLIS } from './support/fixture'
import { type MintDesk, expectMinted, expectRefused, openMintDesk, sum } from './support/mint-desk'
import { configure, payloadOf, runCommand, runDirectory } from './support/project'
import { type ReserveAnswer, healthyReserve } from './support/reserve-source'

setDefaultTimeout(TEST_MILLIS)

const KEY = 'key-7f3a9c/+="quoted"'
const NODES = ['node-1', 'node-2', 'node-3', 'node-4']

let desk: MintDesk
let basket: Basket
let secretsFile: string

beforeAll(async () => {
  desk = await openMintDesk()
  basket = await desk.createBasket()
  secretsFile = path.join(path.dirname(desk.project.donFile), 'secrets.json')
}, FIXTURE_MILLIS)

afterAll(() => desk?.close())

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

const keyed = () => sum(desk.sourceOf({ secret: 'bankKey' }))

test('the key arrives from every node and stands in no output, journal or configuration', async () => {
  writeSecrets([{ id: 'bankKey', value: KEY }])
  const received: (string | null)[] = []
  // The worst a bank can do: repeat the key in a name that every log mentions.
  desk.source.answer(({ headers }) => {
    received.push(headers.get('x-api-key'))
    return healthyReserve({ accountName: `account of ${headers.get('x-api-key')}` })
  })
  configure(desk.project, { porApiUrl: undefined, reserves: keyed() }, basket)
  const runDir = runDirectory(desk.project, payloadOf(desk.project, { basket }))
  const { exitCode, stdout, stderr } = await runCommand(desk.project, { runDir })
  expect({ exitCode, received }).toEqual({ exitCode: 0, received: Array(NODES.length).fill(KEY) })
  expect(stdout.some((line) => line.startsWith('Mint report delivered: 0x'))).toBe(true)
  expect(stdout.join('\n')).toContain('account of [secret]')

  const written = readdirSync(runDir).map((name) => readFileSync(path.join(runDir, name), 'utf8'))
  expect(readdirSync(runDir).sort()).toEqual(['config.json', 'events.jsonl', 'http_trigger_payload.json'])
  const config = readFileSync(path.join(desk.project.dir, 'config.json'), 'utf8')
  for (const text of [...stdout, ...stderr, ...written, config]) expect(text).not.toContain('7f3a9c')
})

describe('keys', () => {
  test('of single nodes are sent by those nodes alone', async () => {
    const keys = NODES.map((node) => `${node}-key`)
    writeSecrets([{ id: 'bankKey', nodes: Object.fromEntries(NODES.map((node) => [node, `${node}-key`])) }])
    const { received, answer } = bank(keys)
    desk.source.answer(answer)
    expectMinted(await desk.mint({ basket: await desk.createBasket(), reserves: keyed() }), '1000000')
    expect(received.sort()).toEqual(keys)
  })
  test('that the bank does not take stop the mint', async () => {
    writeSecrets([{ id: 'bankKey', value: KEY }])
    desk.source.answer(bank(['another key']).answer)
    expectRefused(await desk.mint({ basket, reserves: keyed() }), 'POR_UNAVAILABLE SOURCE_UNAVAILABLE')
  })
  test('that are not among the secrets stop the mint before anything is asked', async () => {
    rmSync(secretsFile)
    const { received, answer } = bank([KEY])
    desk.source.answer(answer)
    expectRefused(await desk.mint({ basket, reserves: keyed() }), 'POR_UNAVAILABLE SECRET_MISSING')
    expect(received).toEqual([])
  })
})
