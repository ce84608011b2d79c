/** workflow.yaml and project.yaml by the rules of the `cre` command line tool; the rules that sources and tests follow. */
import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { getNetwork } from '@chainlink/cre-sdk'
import ts from 'typescript'
import { z } from 'zod'
import { placeholdersOf, unlistedSecrets } from '../../scripts/deploy-check'
import { parseConfig } from '../workflow/config/config'
import { WORKFLOW_DIR } from './support/fixture'
import { TEST_MILLIS } from './support/time-limit'

const TARGETS = ['local', 'staging', 'production']
/** What the workflow registry takes as a name. */
const WORKFLOW_NAME = /^[A-Za-z0-9_-]{1,64}$/

const workflowSchema = z.record(
  z
    .object({
      'user-workflow': z
        .object({
          'workflow-name': z.string().regex(WORKFLOW_NAME),
          'workflow-owner-address': z.string().optional(),
          'deployment-registry': z.string().optional(),
        })
        .strict(),
      'workflow-artifacts': z
        .object({ 'workflow-path': z.string(), 'config-path': z.string(), 'secrets-path': z.string() })
        .strict(),
    })
    .strict(),
)
const projectSchema = z.record(
  z
    .object({
      account: z.object({ 'workflow-owner-address': z.string() }).strict().optional(),
      rpcs: z.array(z.object({ 'chain-name': z.string(), url: z.string() }).strict()).min(1),
      'experimental-chains': z
        .array(z.object({ 'chain-selector': z.number(), 'rpc-url': z.string(), forwarder: z.string() }).strict())
        .optional(),
    })
    .strict(),
)

const read = (name: string) => readFileSync(path.join(WORKFLOW_DIR, name), 'utf8')
const workflow = workflowSchema.parse(Bun.YAML.parse(read('workflow.yaml')))
const project = projectSchema.parse(Bun.YAML.parse(read('project.yaml')))
/** The form that `cre secrets create` takes: variables by the names of secrets. */
const secretsSchema = z
  .object({ secretsNames: z.record(z.array(z.string().regex(/^[A-Z][A-Z0-9_]*$/)).min(1)) })
  .strict()
const secrets = secretsSchema.parse(Bun.YAML.parse(read('secrets.yaml')))

test('targets: both files have the same', () => {
  expect(Object.keys(workflow)).toEqual(TARGETS)
  expect(Object.keys(project)).toEqual(TARGETS)
})

describe.each(TARGETS)('targets: %s', (target) => {
  const artifacts = workflow[target]?.['workflow-artifacts']
  const rpcs = project[target]?.rpcs ?? []

  test('has its artifacts', () => {
    for (const file of [artifacts?.['workflow-path'], artifacts?.['config-path']]) {
      expect(existsSync(path.join(WORKFLOW_DIR, file ?? ''))).toBe(true)
    }
    const secrets = artifacts?.['secrets-path']
    expect(secrets === '' || existsSync(path.join(WORKFLOW_DIR, secrets ?? ''))).toBe(true)
  })
  test('has known chains, over http(s) or from the environment', () => {
    for (const { 'chain-name': name, url } of rpcs) {
      const known = [true, false].some((isTestnet) =>
        getNetwork({ chainFamily: 'evm', chainSelectorName: name, isTestnet }),
      )
      expect({ name, known }).toEqual({ name, known: true })
      expect(url).toMatch(/^(https?:\/\/\S+|\$\{[A-Z_]+\})$/)
    }
  })
  test('has a valid configuration for one of its chains', () => {
    const config = parseConfig(new TextEncoder().encode(read(artifacts?.['config-path'] ?? '')))
    expect(rpcs.map((rpc) => rpc['chain-name'])).toContain(config.chainSelectorName)
    if (target !== 'local') expect(config.authorizedKeys?.length).toBeGreaterThan(0)
  })
})

test('targets: staging and production are registered apart', () => {
  for (const target of ['staging', 'production']) {
    expect(project[target]?.rpcs.map((rpc) => rpc['chain-name'])).toContain('ethereum-mainnet')
  }
  const names = ['staging', 'production'].map((target) => workflow[target]?.['user-workflow']['workflow-name'])
  expect(new Set(names).size).toBe(2)
})

test('targets: local names the chain that the tool does not know', () => {
  // As text: the number is above what JavaScript holds exactly.
  const selector = getNetwork({ chainFamily: 'evm', chainSelectorName: 'anvil-devnet', isTestnet: true })?.chainSelector
  expect(read('project.yaml')).toContain(`chain-selector: ${selector?.selector}\n`)
})

describe('before a deployment', () => {
  const filledIn = {
    ...parseConfig(new TextEncoder().encode(read('config.staging.json'))),
    basketFactory: '0x24B3c7704709ed1491473F30393FFc93cFB0FC34',
    porApiUrl: 'https://reserves.bank/{stablecoin}',
    authorizedKeys: ['0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd'],
  } satisfies ReturnType<typeof parseConfig>

  test.each(['staging', 'production'])('the placeholders of %s are named', (target) => {
    const config = parseConfig(new TextEncoder().encode(read(`config.${target}.json`)))
    const fields = placeholdersOf(config).map((fault) => fault.split(' ')[0])
    expect(fields).toEqual(['basketFactory', 'authorizedKeys', 'reserves'])
  })
  test('nothing is found in what is filled in', () => {
    expect(placeholdersOf(filledIn)).toEqual([])
  })
  test('secrets that reserves name are listed for the DON', () => {
    const source = { name: 'bank', class: 'auditor', dialect: 'guide', unit: 'USD', maxAgeSeconds: 300 }
    const url = 'https://reserves.bank/{stablecoin}'
    const named = (secret: string) => {
      const reserves = { rule: { kind: 'sum' }, sources: [{ ...source, url, secret }] }
      return parseConfig(new TextEncoder().encode(JSON.stringify({ ...filledIn, porApiUrl: undefined, reserves })))
    }
    expect(unlistedSecrets(filledIn, undefined)).toEqual([])
    expect(unlistedSecrets(named('bankKey'), secrets)).toEqual([])
    expect(unlistedSecrets(named('other'), secrets)).toEqual([
      'secrets.yaml does not list other, which a source of reserves names',
    ])
    expect(unlistedSecrets(named('bankKey'), undefined)).toHaveLength(1)
  })
  test('a list without keys can never be called', () => {
    expect(placeholdersOf({ ...filledIn, authorizedKeys: [] })).toEqual(['authorizedKeys names nobody who may ask'])
  })
  test('a reserve that only this machine has is no proof', () => {
    for (const porApiUrl of ['http://localhost:3002/{stablecoin}', 'https://127.0.0.1/{stablecoin}']) {
      expect(placeholdersOf({ ...filledIn, porApiUrl })).toHaveLength(1)
    }
  })
})

test('targets: each deploys a configuration of its own', () => {
  for (const target of TARGETS) {
    expect(workflow[target]?.['workflow-artifacts']['config-path']).toBe(`./config.${target}.json`)
  }
})

test('config.json: what is deployed locally, and the basket', () => {
  const deployed = JSON.parse(read('config.local.json')) as Record<string, unknown>
  const { stablecoinAddress, mintingConsumerAddress, ...rest } = JSON.parse(read('config.json')) as typeof deployed
  expect(rest).toEqual(deployed)
  expect(JSON.parse(read('http_trigger_payload.json'))).toMatchObject({
    ...{ stablecoin: stablecoinAddress, consumer: mintingConsumerAddress },
  })
})

test('sources: each file opens with a line that says what it does', () => {
  const silent = ['host', 'workflow'].flatMap((folder) =>
    readdirSync(path.join(WORKFLOW_DIR, folder), { recursive: true, encoding: 'utf8' })
      .filter(
        (name) => name.endsWith('.ts') && !/^\/\/ .{12,}\.$/m.test(read(`${folder}/${name}`).split('\n')[0] ?? ''),
      )
      .map((name) => `${folder}/${name}`),
  )
  expect(silent).toEqual([])
})

test('time limit: the suite and a file run by hand have the same', () => {
  const { scripts } = z.object({ scripts: z.object({ test: z.string() }) }).parse(JSON.parse(read('package.json')))
  expect(scripts.test).toBe(`bun test --timeout ${TEST_MILLIS} --parallel`)
})

const MAX_TITLE = 60

/** The titles of a test file's tests and groups, as they are written; `top` tells those that stand in no group. */
function titlesOf(name: string): { title: string; top: boolean }[] {
  const source = ts.createSourceFile(name, read(`test/${name}`), ts.ScriptTarget.Latest, true)
  const titles: { title: string; top: boolean }[] = []
  const visit = (node: ts.Node, top: boolean): void => {
    const group = ts.isCallExpression(node) && /^(test|describe)\b/.exec(node.expression.getText())?.[1]
    const title = group && ts.isCallExpression(node) ? node.arguments[0] : undefined
    if (title !== undefined && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) {
      titles.push({ title: title.getText().slice(1, -1), top: top && group === 'test' })
    }
    ts.forEachChild(node, (child) => visit(child, top && group !== 'describe'))
  }
  visit(source, true)
  return titles
}

test('tests: each title is short, and begins with the feature', () => {
  const files = readdirSync(path.join(WORKFLOW_DIR, 'test')).filter((name) => name.endsWith('.test.ts'))
  const titles = files.flatMap((file) => titlesOf(file).map((entry) => ({ file, ...entry })))
  const length = (title: string) => title.replace(/\$\{\w+\}/g, '').length
  expect(titles.filter(({ title }) => length(title) > MAX_TITLE)).toEqual([])
  expect(titles.filter(({ title, top }) => top && !/^[^ ][^:]{2,20}: /.test(title))).toEqual([])
  expect(titles.length).toBeGreaterThan(300)
})
