/** Each command as the calls that it takes. Without I/O but for reading the chain: CLI and console both use it. */
import {
  type Abi,
  type Address,
  type Hex,
  encodeAbiParameters,
  keccak256,
  parseUnits,
  stringToHex,
  zeroHash,
} from 'viem'
import { credentialTypes, policyAbi, registryAbi, tokenAbi } from './abi'
import type { Call, CallContext } from './call'
import { UsageError, address } from './input'

type Command = (context: CallContext, words: string[]) => Promise<Call[]> | Call[]

/** Most words behind a command, where it is not one. */
const WORDS_MAX: Record<string, number> = {
  pause: 0,
  resume: 0,
  'pause-transfers': 0,
  'resume-transfers': 0,
  status: 2,
  'flag-aml': 2,
  'register-kyc': 3,
  'set-jurisdiction': 2,
  limits: 2,
  rate: 2,
}

/** Refuses what a command would not look at: who writes it expects something of it. */
export function assertWordCount(name: string, words: string[]): void {
  const extra = words[WORDS_MAX[name] ?? 1]
  if (extra !== undefined) throw new UsageError(`${name} does not know what to do with "${extra}"`)
}

export const commands: Record<string, Command> = {
  block: (context, [who]) => [
    onList(context.basket.rejectPolicy, 'rejectAddress', 'blacklist (no mint, no redemption; it may transfer)', who),
  ],
  unblock: (context, [who]) => [
    onList(context.basket.rejectPolicy, 'unrejectAddress', 'take off the blacklist (a freeze stays)', who),
  ],
  freeze: (context, [who]) => [
    onToken(context, `freeze in the token (it neither sends nor receives) ${address(who)}`, 'freeze', address(who)),
  ],
  unfreeze: (context, [who]) => [
    onToken(context, `unfreeze in the token (the blacklist stays) ${address(who)}`, 'unfreeze', address(who)),
  ],
  allow: (context, [who]) => [
    onList(context.basket.allowPolicy, 'allowAddress', 'put on the whitelist (of mints)', who),
  ],
  disallow: (context, [who]) => [
    onList(context.basket.allowPolicy, 'disallowAddress', 'take off the whitelist (of mints)', who),
  ],
  whitelist: (context, [state]) => [
    policy(context.basket.policySwitch, `turn the whitelist (of mints) ${state}`, 'setWhitelistRequired', onOff(state)),
  ],
  identity: (context, [state]) => [
    policy(
      context.basket.policySwitch,
      `turn the identity check (of mints) ${state}`,
      'setIdentityRequired',
      onOff(state),
    ),
  ],
  'register-kyc': registerKyc,
  revoke: (context, [who]) => dropCredential(context, who, credentialTypes.kyc, 'revoke the KYC credential'),
  'flag-aml': async (context, [who, end]) => {
    if (end !== undefined) {
      throw new UsageError('a money-laundering flag has no end, it would lapse in silence: lift it with clear-aml')
    }
    const flag = {
      type: credentialTypes.amlFlag,
      what: `flag (no mint, no redemption; it may transfer) ${address(who)}`,
    }
    return credentialCalls(context, await identityOf(context, address(who)), flag)
  },
  'clear-aml': (context, [who]) =>
    dropCredential(context, who, credentialTypes.amlFlag, 'lift the money-laundering flag'),
  'set-jurisdiction': async (context, [who, code]) =>
    credentialCalls(context, await identityOf(context, address(who)), residence(who, code)),
  accept: (context, [code]) => [
    policy(context.basket.jurisdictions, `accept residents of ${code}`, 'setJurisdiction', country(code), true),
  ],
  refuse: (context, [code]) => [
    policy(context.basket.jurisdictions, `refuse residents of ${code}`, 'setJurisdiction', country(code), false),
  ],
  limits,
  rate,
  pause: (context) => [
    policy(
      context.basket.pausePolicy,
      'mint pause: stop all mints of the basket (transfers go on)',
      'setPausedState',
      true,
    ),
  ],
  resume: (context) => [
    policy(
      context.basket.pausePolicy,
      'mint pause: let the basket mint again (a transfer pause stays)',
      'setPausedState',
      false,
    ),
  ],
  'pause-transfers': (context) => [
    onToken(context, 'transfer pause: stop all transfers of the token (mints go on)', 'setTransfersPaused', true),
  ],
  'resume-transfers': (context) => [
    onToken(context, 'transfer pause: let the token move again (a mint pause stays)', 'setTransfersPaused', false),
  ],
}

/** Parses whole tokens into base units. */
export function tokens(context: CallContext, text: string | undefined, name: string): bigint {
  const [, fraction = ''] = /^\d+(?:\.(\d+))?$/.exec(text ?? '') ?? [undefined, undefined]
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) {
    throw new UsageError(`${name} must be whole tokens as a decimal number, not "${text ?? ''}"`)
  }
  if (fraction.length > context.decimals)
    throw new UsageError(`${name} has more than the token's ${context.decimals} decimals`)
  return parseUnits(text, context.decimals)
}

function policy(to: Address, what: string, functionName: string, ...args: unknown[]): Call {
  return { what, to, abi: policyAbi as Abi, functionName, args }
}

function onToken(context: CallContext, what: string, functionName: string, ...args: unknown[]): Call {
  return { what, to: context.basket.stablecoin, abi: tokenAbi as Abi, functionName, args }
}

function onList(to: Address, functionName: string, verb: string, who: string | undefined): Call {
  const account = address(who)
  return policy(to, `${verb} ${account}`, functionName, account)
}

function onOff(word: string | undefined): boolean {
  if (word !== 'on' && word !== 'off') throw new UsageError(`say on or off, not "${word ?? ''}"`)
  return word === 'on'
}

function country(code: string | undefined): Hex {
  if (code === undefined || !/^[A-Z]{2}$/.test(code)) {
    throw new UsageError(`CC must be two capital letters as in ISO 3166-1, e.g. CH, not "${code ?? ''}"`)
  }
  return stringToHex(code)
}

/** The smallest may at no moment reach the largest, so which of the two calls comes first depends on today's limits. */
async function limits(context: CallContext, [smallest, largest]: string[]): Promise<Call[]> {
  const [min, max] = [tokens(context, smallest, 'MIN'), tokens(context, largest, 'MAX')]
  if (max !== 0n && min >= max) throw new UsageError('MIN must be less than MAX (MAX 0 means no limit)')
  const to = context.basket.volumePolicy
  const read = (functionName: 'getMin' | 'getMax') =>
    context.chain.readContract({ address: to, abi: policyAbi, functionName })
  const [nowMin, nowMax] = await Promise.all([read('getMin'), read('getMax')])
  const setMin = min === nowMin ? [] : [policy(to, `set the smallest mint to ${smallest} tokens`, 'setMin', min)]
  const setMax = max === nowMax ? [] : [policy(to, `set the largest mint to ${largest} tokens`, 'setMax', max)]
  const maxFirst = max === 0n || max > nowMin
  const [first, second] = maxFirst ? [setMax, setMin] : [setMin, setMax]
  return [...first, ...second.map((call) => ({ ...call, needsPrevious: first.length > 0 }))]
}

async function rate(context: CallContext, [amount, period]: string[]): Promise<Call[]> {
  const to = context.basket.volumeRatePolicy
  const most = tokens(context, amount, 'AMOUNT')
  if (period !== undefined && !/^[1-9]\d*$/.test(period))
    throw new UsageError(`SECONDS must be a whole number, not "${period}"`)
  const calls: Call[] = []
  if (most !== (await context.chain.readContract({ address: to, abi: policyAbi, functionName: 'getMaxAmount' }))) {
    calls.push(policy(to, `set the rate to ${amount} tokens per person and period`, 'setMaxAmount', most))
  }
  const seconds = await context.chain.readContract({
    address: to,
    abi: policyAbi,
    functionName: 'getTimePeriodDuration',
  })
  if (period !== undefined && BigInt(period) !== seconds) {
    calls.push(policy(to, `set the period to ${period} seconds`, 'setTimePeriodDuration', BigInt(period)))
  }
  return calls
}

/** An account's identity (CCID): the registered one, or the one that its address stands for. */
interface Identity {
  account: Address
  ccid: Hex
  isRegistered: boolean
}

async function identityOf(context: CallContext, account: Address): Promise<Identity> {
  const known = await context.chain.readContract({
    address: context.registries.identityRegistry,
    abi: registryAbi,
    functionName: 'getIdentity',
    args: [account],
  })
  const isRegistered = known !== zeroHash
  return {
    account,
    isRegistered,
    ccid: isRegistered ? known : keccak256(encodeAbiParameters([{ type: 'address' }], [account])),
  }
}

interface Credential {
  type: Hex
  what: string
  data?: Hex
  /** Unix seconds; 0 for no end. */
  expiresAt?: number
}

function residence(who: string | undefined, code: string | undefined): Credential {
  return { type: credentialTypes.jurisdiction, what: `register ${who} as resident of ${code}`, data: country(code) }
}

/** Registers the identity when it is missing, and puts the credential in the place of an earlier one. */
async function credentialCalls(context: CallContext, identity: Identity, credential: Credential): Promise<Call[]> {
  const { account, ccid, isRegistered } = identity
  const { type, what, data = '0x', expiresAt = 0 } = credential
  const abi = registryAbi as Abi
  const to = context.registries.credentialRegistry
  const calls: Call[] = []
  if (!isRegistered) {
    const args = [ccid, account, '0x']
    calls.push({
      what: `register an identity for ${account}`,
      to: context.registries.identityRegistry,
      abi,
      functionName: 'registerIdentity',
      args,
    })
  }
  if (await hasCredential(context, ccid, type)) {
    const args = [ccid, type, '0x']
    calls.push({ what: 'remove the earlier credential', to, abi, functionName: 'removeCredential', args })
  }
  const args = [ccid, type, expiresAt, data, '0x']
  calls.push({ what, to, abi, functionName: 'registerCredential', args, needsPrevious: calls.length > 0 })
  return calls
}

async function registerKyc(context: CallContext, [who, code, days]: string[]): Promise<Call[]> {
  const account = address(who)
  if (days !== undefined && !/^[1-9]\d*$/.test(days)) throw new UsageError(`DAYS must be a whole number, not "${days}"`)
  const { timestamp } = await context.chain.getBlock()
  const expiresAt = days === undefined ? 0 : Number(timestamp) + Number(days) * 86_400
  const identity = await identityOf(context, account)
  const kyc = { type: credentialTypes.kyc, what: `register KYC of ${account}`, expiresAt }
  return [
    ...(await credentialCalls(context, identity, kyc)),
    ...(await credentialCalls(
      context,
      { ...identity, isRegistered: true },
      { ...residence(account, code), expiresAt },
    )),
  ]
}

async function dropCredential(context: CallContext, who: string | undefined, type: Hex, what: string): Promise<Call[]> {
  const account = address(who)
  const { ccid } = await identityOf(context, account)
  if (!(await hasCredential(context, ccid, type))) throw new UsageError(`cannot ${what}: ${account} has none`)
  const to = context.registries.credentialRegistry
  return [
    {
      what: `${what} of ${account}`,
      to,
      abi: registryAbi as Abi,
      functionName: 'removeCredential',
      args: [ccid, type, '0x'],
    },
  ]
}

async function hasCredential(context: CallContext, ccid: Hex, type: Hex): Promise<boolean> {
  const types = await context.chain.readContract({
    address: context.registries.credentialRegistry,
    abi: registryAbi,
    functionName: 'getCredentialTypes',
    args: [ccid],
  })
  return types.includes(type)
}
