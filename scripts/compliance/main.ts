/** The compliance officer's command line, behind `scripts/compliance.sh`. */
import { parseArgs } from 'node:util'
import { assertWordCount, commands } from './commands'
import { openContext } from './context'
import { UsageError } from './input'
import { sendAll } from './send'
import { status } from './status'

const help = `usage: bash scripts/compliance.sh COMMAND [--basket CONSUMER] [--dry-run]

  status ACCOUNT [AMOUNT]              would a mint to this account pass, and if not, why not
Blocks of one account:
  block ACCOUNT | unblock ACCOUNT      blacklist: no mint to it, no redemption; it may transfer what it holds
  freeze ACCOUNT | unfreeze ACCOUNT    freeze: it neither sends nor receives, nor is it minted to or redeemed
  flag-aml ACCOUNT | clear-aml ACCOUNT AML flag: as the blacklist, for every basket with the identity check; without an end
  revoke ACCOUNT                       KYC taken away: no redemption, and no mint while the identity check is in force
  disallow ACCOUNT | allow ACCOUNT     whitelist: no mint while it is in force and the account is not on it
Pauses of the whole basket:
  pause | resume                       mint pause: no mints; transfers and redemption go on
  pause-transfers | resume-transfers   transfer pause: no transfers, requests, cancellations, returns; mints go on
What a mint needs (redemption needs the identity check, too, and no other of these):
  whitelist on|off                     whether the whitelist is in force, for mints
  identity on|off                      whether the identity check (KYC, AML flag, jurisdiction) is in force, for mints
  register-kyc ACCOUNT CC [DAYS]       identity and KYC, resident in CC (two letters), for DAYS (default: no end)
  set-jurisdiction ACCOUNT CC          where the holder resides
  accept CC | refuse CC                whether the basket takes residents of CC
  limits MIN MAX                       smallest and largest mint in whole tokens (MAX 0 = no limit)
  rate AMOUNT [SECONDS]                whole tokens minted per person and period

--dry-run shows each call (contract and data, for a wallet of your own), asks the chain whether it would pass, sends nothing.

Environment (or .env): RPC_URL; DEPLOYMENT, the deploy script's record; COMPLIANCE_KEY, the officer's private key.
Without them: the local stack and its demo bank's admin. The basket's admin may change lists, limits and pause; a
credential issuer KYC and jurisdictions, a compliance officer AML flags.`

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
  assertWordCount(name, words)
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
