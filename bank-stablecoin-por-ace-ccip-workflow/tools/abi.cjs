#!/usr/bin/env node
// Writes contracts/abi/<Contract>.json (plain ABI arrays; with the code, where a call carries it) from the build in out/, or checks with --check that the
// committed files are current. Run `forge build` first.
const { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
const folder = join(root, 'contracts', 'abi')

/** The contracts that the backend, the workflow and operators talk to. */
const CONTRACTS = [
  'AllowPolicy',
  'BasketFactory',
  'BasketFigures',
  'ComplianceFactory',
  'ComplianceLens',
  'ComplianceRegistries',
  'CredentialRegistry',
  'CredentialRegistryIdentityValidatorPolicy',
  'FlagPolicy',
  'IdentityRegistry',
  'IdentityVolumeRatePolicy',
  'JurisdictionDataValidator',
  'KeystoneForwarder',
  'LiabilityLedger',
  'MintExtractor',
  'MintingConsumerWithACE',
  'OnlyAuthorizedSenderPolicy',
  'PausePolicy',
  'PolicyEngine',
  'PolicySwitch',
  'RedemptionDesk',
  'RejectPolicy',
  'StablecoinERC20',
  'TimelockController',
  'VolumePolicy',
]

/** What is never deployed: whoever calls it sends its code along. */
const WITH_CODE = ['BasketFigures']

const render = (contract) => {
  const artifact = join(root, 'out', `${contract}.sol`, `${contract}.json`)
  if (!existsSync(artifact)) throw new Error(`${contract} is not built; run forge build in this folder first`)
  const { abi, bytecode } = JSON.parse(readFileSync(artifact, 'utf8'))
  const shown = WITH_CODE.includes(contract) ? { abi, bytecode: bytecode.object } : abi
  return `${JSON.stringify(shown, null, 2)}\n`
}

const main = () => {
  const check = process.argv.includes('--check')
  mkdirSync(folder, { recursive: true })
  const stale = readdirSync(folder).filter((file) => !CONTRACTS.includes(file.replace(/\.json$/, '')))
  for (const contract of CONTRACTS) {
    const file = join(folder, `${contract}.json`)
    const abi = render(contract)
    if (!check) writeFileSync(file, abi)
    else if (!existsSync(file) || readFileSync(file, 'utf8') !== abi) stale.push(`${contract}.json`)
  }
  if (stale.length > 0) throw new Error(`contracts/abi is not current: ${stale.join(', ')}; run node tools/abi.cjs`)
  process.stdout.write(`contracts/abi: ${CONTRACTS.length} files ${check ? 'are current' : 'written'}\n`)
}

try {
  main()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
