/** workflow.yaml and project.yaml by the rules of the `cre` command line tool. */
import { describe, expect, test } from 'bun:test'
import { getNetwork } from '@chainlink/cre-sdk'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { parseConfig } from '../workflow/config'
import { WORKFLOW_DIR } from './support/fixture'

const TARGETS = ['local', 'staging', 'production']
/** What the workflow registry takes as a name. */
const WORKFLOW_NAME = /^[A-Za-z0-9_-]{1,64}$/

const workflowSchema = z.record(
  z
    .object({
      'user-workflow': z.object({ 'workflow-name': z.string().regex(WORKFLOW_NAME) }).strict(),
      'workflow-artifacts': z
        .object({ 'workflow-path': z.string(), 'config-path': z.string(), 'secrets-path': z.string() })
        .strict(),
    })
    .strict(),
)
const projectSchema = z.record(
  z.object({ rpcs: z.array(z.object({ 'chain-name': z.string(), url: z.string() }).strict()).min(1) }).strict(),
)

const read = (name: string) => readFileSync(path.join(WORKFLOW_DIR, name), 'utf8')
const workflow = workflowSchema.parse(Bun.YAML.parse(read('workflow.yaml')))
const project = projectSchema.parse(Bun.YAML.parse(read('project.yaml')))

test('both files have the same targets', () => {
  expect(Object.keys(workflow)).toEqual(TARGETS)
  expect(Object.keys(project)).toEqual(TARGETS)
})

describe.each(TARGETS)('target %s', (target) => {
  const artifacts = workflow[target]?.['workflow-artifacts']
  const rpcs = project[target]?.rpcs ?? []

  test('has its artifacts', () => {
    for (const file of [artifacts?.['workflow-path'], artifacts?.['config-path']]) {
      expect(existsSync(path.join(WORKFLOW_DIR, file ?? ''))).toBe(true)
    }
    expect(artifacts?.['secrets-path']).toBe('')
  })
  test('has chains that the selector list knows, over http(s) or from the environment', () => {
    for (const { 'chain-name': name, url } of rpcs) {
      const known = [true, false].some((isTestnet) =>
        getNetwork({ chainFamily: 'evm', chainSelectorName: name, isTestnet }),
      )
      expect({ name, known }).toEqual({ name, known: true })
      expect(url).toMatch(/^(https?:\/\/\S+|\$\{[A-Z_]+\})$/)
    }
  })
  test('has a configuration that the workflow takes, on one of its chains', () => {
    const config = parseConfig(new TextEncoder().encode(read(artifacts?.['config-path'] ?? '')))
    expect(rpcs.map((rpc) => rpc['chain-name'])).toContain(config.chainSelectorName)
    if (target !== 'local') expect(config.authorizedKeys?.length).toBeGreaterThan(0)
  })
})

test('what is deployed can be registered, and staging mints nothing of production', () => {
  for (const target of ['staging', 'production']) {
    expect(project[target]?.rpcs.map((rpc) => rpc['chain-name'])).toContain('ethereum-mainnet')
  }
  const names = ['staging', 'production'].map((target) => workflow[target]?.['user-workflow']['workflow-name'])
  expect(new Set(names).size).toBe(2)
})

test('the local configuration is the base that the local DON enforces', () => {
  expect(workflow['local']?.['workflow-artifacts']['config-path']).toBe('./config.json')
})
