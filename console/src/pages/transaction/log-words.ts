/** What an event of a contract says, as a sentence. */
import { grouped } from '../../base/amount'
import { shortHex } from '../../base/hex'
import type { Log } from '../../base/types'

const zeroAddress = '0x0000000000000000000000000000000000000000'

/** The event's values as words: amounts in tokens, addresses and hashes shortened. */
function wordsOf({ values, tokens }: Log): (name: string) => string {
  return (name) => {
    const inTokens = tokens[name]
    if (inTokens !== undefined) return grouped(inTokens)
    const value = (values as Record<string, unknown>)[name]
    return typeof value === 'string' && value.startsWith('0x') ? shortHex(value) : String(value ?? '?')
  }
}

type Sentence = (word: (name: string) => string, log: Log) => string

const sentences: Record<string, Sentence> = {
  Transfer: (word, { values }) => {
    const { from, to } = values as Record<string, unknown>
    if (from === zeroAddress) return `${word('value')} tokens were created for ${word('to')}.`
    if (to === zeroAddress) return `${word('value')} tokens of ${word('from')} were destroyed.`
    return `${word('value')} tokens went from ${word('from')} to ${word('to')}.`
  },
  MintExecuted: (word) => `The order ${word('bankRef')} was minted: ${word('amount')} to ${word('account')}.`,
  MintRejected: (word) =>
    `The order ${word('bankRef')} of ${word('amount')} to ${word('account')} was refused by policy ${word('policy')}, verdict ${word('code')}.`,
  AnswerUpdated: (word) => `The ledger took a proof of ${word('current')} in reserve, as round ${word('roundId')}.`,
  PolicyRunComplete: (word) => `The compliance policies accepted the call to ${word('target')}.`,
  ReportProcessed: (word, { values }) =>
    (values as Record<string, unknown>)['result'] === true
      ? `The forwarder checked the signatures and delivered the report to ${word('receiver')}.`
      : `The forwarder delivered the report to ${word('receiver')}, which refused it.`,
  BasketCreated: (word) =>
    `The basket ${word('name')} (${word('symbol')}) was created: token ${word('stablecoin')}, admin ${word('admin')}.`,
  RoleGranted: (word) => `${word('account')} was given the role ${word('role')}.`,
  RoleRevoked: (word) => `${word('account')} lost the role ${word('role')}.`,
  RoleAdminChanged: (word) => `The role ${word('role')} is now given by holders of ${word('newAdminRole')}.`,
  OwnershipTransferred: (word) => `The owner is now ${word('newOwner')}, before it was ${word('previousOwner')}.`,
  Initialized: (word) => `The contract was set up, version ${word('version')}.`,
  PolicyAdded: (word) => `The policy ${word('policy')} now judges calls of ${word('target')}.`,
  PolicyRemoved: (word) => `The policy ${word('policy')} no longer judges calls of ${word('target')}.`,
  PolicyEngineAttached: (word) => `The contract obeys the policy engine ${word('policyEngine')}.`,
  TargetAttached: (word) => `The policy engine judges calls of ${word('target')}.`,
  ExtractorSet: (word) => `Calls of ${word('selector')} are read by the extractor ${word('extractor')}.`,
  CredentialRegistered: (word) => `The identity ${word('ccid')} got the credential ${word('credentialTypeId')}.`,
  CredentialRemoved: (word) => `The identity ${word('ccid')} lost the credential ${word('credentialTypeId')}.`,
  IdentityRegistered: (word) => `The account ${word('account')} got the identity ${word('ccid')}.`,
  AddressRejected: (word) => `${word('account')} was put on the deny list.`,
  AddressUnrejected: (word) => `${word('account')} was taken off the deny list.`,
}

export function sentenceOf(log: Log): string {
  const sentence = log.event === null || log.event === undefined ? undefined : sentences[log.event]
  const word = wordsOf(log)
  if (sentence !== undefined) return sentence(word, log)
  if (!log.event) return 'An event that the gateway has no ABI for.'
  const values = Object.keys(log.values as object).map((name) => `${spaced(name)} ${word(name)}`)
  return `${spaced(log.event)}${values.length === 0 ? '' : `: ${values.join(', ')}`}.`
}

/** `PausedStateChanged` as `Paused state changed`. */
function spaced(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
