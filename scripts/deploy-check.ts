/**
 * `bun run scripts/deploy-check.ts TARGET` says what keeps a target of workflow.yaml from being deployed with `cre`:
 * placeholders in its configuration, and variables that nobody has set. One sentence per fault; exits 1 if there is one.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Config, parseConfig } from '../bank-stablecoin-por-ace-ccip-workflow/workflow/config/config'

const ROOT = path.resolve(import.meta.dir, '..')
const WORKFLOW = path.join(ROOT, 'bank-stablecoin-por-ace-ccip-workflow')

const NOBODY = /^0x0{40}$/
/** Names that are reserved for examples (RFC 2606), and those of one machine only. */
const NOWHERE = /(^|\.)(example(\.(com|net|org))?|invalid|test|localhost)$|^127\.|^0\.0\.0\.0$|^\[?::1\]?$/

/** What is read of workflow.yaml; test/project-files.test.ts checks its form. */
type Targets = Record<string, { 'workflow-artifacts': { 'config-path': string; 'secrets-path': string } }>
type Secrets = { secretsNames: Record<string, string[]> }

/** What in a configuration can only be an example. */
export function placeholdersOf(config: Config): string[] {
  const { authorizedKeys = [] } = config
  const factory = NOBODY.test(config.basketFactory) ? ['basketFactory is the zero address'] : []
  const keys = authorizedKeys.some((key) => NOBODY.test(key)) ? ['authorizedKeys has the zero address'] : []
  const nobody = authorizedKeys.length === 0 ? ['authorizedKeys names nobody who may ask'] : []
  const urls = JSON.stringify([config.porApiUrl, config.reserves]).match(/https?:\/\/[^"\s]+/g) ?? []
  const reserves = urls
    .filter((url) => NOWHERE.test(new URL(url.replaceAll(/[{}]/g, '')).hostname))
    .map((url) => `reserves are asked for at ${url}, which no node of a DON can reach`)
  return [...factory, ...keys, ...nobody, ...reserves]
}

/** Why the secrets that a configuration names would not be found. */
export function unlistedSecrets(config: Config, listed: Secrets | undefined): string[] {
  const sources = config.reserves?.sources ?? []
  const named = sources.flatMap((source) => ('secret' in source ? (source.secret ?? []) : []))
  if (named.length > 0 && listed === undefined) return ['workflow.yaml has no secrets-path, but reserves name secrets']
  return [...new Set(named)]
    .filter((name) => listed?.secretsNames[name] === undefined)
    .map((name) => `secrets.yaml does not list ${name}, which a source of reserves names`)
}

/** Variables that the text of a target names. */
const variablesOf = (text: string): string[] => [...text.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name = '']) => name)

function faultsOf(target: string): string[] {
  const read = (name: string) => readFileSync(path.join(WORKFLOW, name), 'utf8')
  const targets = Bun.YAML.parse(read('workflow.yaml')) as Targets
  const artifacts = targets[target]?.['workflow-artifacts']
  if (artifacts === undefined)
    return [`workflow.yaml has no target ${target}; it has ${Object.keys(targets).join(', ')}`]
  const project = Bun.YAML.parse(read('project.yaml')) as Record<string, unknown>
  const { 'config-path': configPath, 'secrets-path': secretsPath } = artifacts
  const secrets = secretsPath === '' ? undefined : (Bun.YAML.parse(read(secretsPath)) as Secrets)
  const ofSecrets = Object.values(secrets?.secretsNames ?? {}).flat()
  const unset = [...variablesOf(JSON.stringify(project[target] ?? {})), ...ofSecrets, 'CRE_ETH_PRIVATE_KEY']
    .filter((name) => (process.env[name] ?? '') === '')
    .map((name) => `${name} is not set, in the environment or in .env`)
  const config = parseConfig(new TextEncoder().encode(read(configPath)))
  return [...placeholdersOf(config), ...unlistedSecrets(config, secrets), ...unset]
}

if (import.meta.main) {
  const [target = ''] = process.argv.slice(2)
  const faults = faultsOf(target)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exit(1)
  console.log(`nothing keeps ${target} from being deployed`)
}
