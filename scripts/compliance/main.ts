/** The compliance officer's command line, behind `scripts/compliance.sh`. */
import { parseArgs } from 'node:util'
import { commands } from './commands'
import { openContext } from './context'
import { UsageError } from './input'
import { sendAll } from './send'
import { status } from './status'

const help = `usage: bash scripts/compliance.sh COMMAND [--basket CONSUMER] [--dry-run]

  status ACCOUNT [AMOUNT]              would a mint to this account pass, and if not, why not
  block ACCOUNT | unblock ACCOUNT      blacklist: no mints to it, no redemption; what it holds stays free
  freeze ACCOUNT | unfreeze ACCOUNT    token: it neither sends nor receives, nor is it minted to
  allow ACCOUNT | disallow ACCOUNT     put on, take off the whitelist
  whitelist on|off                     whether the whitelist is in force
  identity on|off                      whether the identity check (KYC, AML flag, jurisdiction) is in force
  register-kyc ACCOUNT CC [DAYS]       identity and KYC, resident in CC (two letters), for DAYS (default: no end)
  revoke ACCOUNT                       take the KYC credential away
  flag-aml ACCOUNT | clear-aml ACCOUNT set, lift the money-laundering flag
  set-jurisdiction ACCOUNT CC          where the holder resides
  accept CC | refuse CC                whether the basket takes residents of CC
  limits MIN MAX                       smallest and largest mint in whole tokens (MAX 0 = no limit)
  rate AMOUNT [SECONDS]                whole tokens per account and period
  pause | resume                       stop, restart all minting of the basket; transfers go on
  pause-transfers | resume-transfers   stop, restart all transfers of the token; minting goes on

--dry-run shows each call (contract and data, for a wallet of your own), asks the chain whether it would pass, sends nothing.

Environment (or .env): RPC_URL; DEPLOYMENT, the deploy script's record; COMPLIANCE_KEY, the officer's private key.
Without them: the local stack and its demo bank's admin. The basket's admin may change lists, limits and pause; a
credential issuer KYC, AML flags and jurisdictions.`

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: Bun.argv.slice(2),
    allowPositionals: true,
    options: { basket: { type: 'string' }, 'dry-run': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  const [name, ...words] = positionals
  if (name === undefined || name === 'help' || values.help) {
    console.log(help)
    return
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined && name !== 'status') throw new UsageError(`unknown command "${name}"\n\n${help}`)
  const context = await openContext({ basket: values.basket, dryRun: values['dry-run'] ?? false })
  if (command === undefined) console.log((await status(context, words)).join('\n'))
  else await sendAll(context, await command(context, words))
}

try {
  await run()
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error)
  console.error(`error: ${isUsage || process.env.DEBUG ? (error as Error).message : `unexpected: ${String(error)}`}`)
  process.exit(isUsage ? 2 : 1)
}
