// Lists every way in which a source can fail to prove a reserve.
import type { RefusalCode } from '../../orders/result'

/**
 * Every way a reserve source can fail to prove a reserve, the code a refused order carries for it, and what people read.
 * Each of them stops the mint. A refusal's `reason` is `WORD: sentence`.
 */
const reasons = {
  SOURCE_UNAVAILABLE: ['POR_UNAVAILABLE', 'the source gave no answer that counts'],
  NODES_DISAGREE: ['POR_UNAVAILABLE', 'the nodes do not agree on what the source says'],
  SECRET_MISSING: ['POR_UNAVAILABLE', "the source's API key is not among the secrets"],
  CHAIN_UNREADABLE: ['POR_UNAVAILABLE', "the source's contracts cannot be read"],
  ACCOUNT_UNKNOWN: ['NO_RESERVE_ASSIGNED', 'the source knows no reserve account for this basket'],
  OTHER_STABLECOIN: ['NO_RESERVE_ASSIGNED', 'the source backs another stablecoin than this basket'],
  TOO_OLD: ['POR_STALE', 'the figure is older than the source may be'],
  IN_THE_FUTURE: ['POR_STALE', 'the time stamp lies in the future'],
  RIPCORD_PULLED: ['POR_RIPCORD', 'the source pulled its ripcord'],
  RIPCORD_UNREADABLE: ['POR_RIPCORD', 'the ripcord is missing or no boolean'],
  RIPCORD_CONTRADICTORY: ['POR_RIPCORD', 'the ripcord is down, but its details name a reason'],
  SUPPLY_EXCEEDS_RESERVES: ['POR_INSUFFICIENT_RESERVES', 'the source itself reports more supply than reserves'],
  REDIRECTED: ['POR_INVALID', 'the answer is a redirect'],
  HTML_ANSWER: ['POR_INVALID', 'the answer is a web page'],
  EMPTY_ANSWER: ['POR_INVALID', 'the answer is empty'],
  OVERSIZED: ['POR_INVALID', 'the answer is larger than the source may send'],
  NOT_TEXT: ['POR_INVALID', 'the answer is not UTF-8 text'],
  TRUNCATED: ['POR_INVALID', 'the answer ends too early'],
  NOT_JSON: ['POR_INVALID', 'the answer is not JSON with unique keys'],
  FIELD_MISSING: ['POR_INVALID', 'a field is missing'],
  FIELD_TYPE: ['POR_INVALID', 'a field has the wrong type'],
  ACCOUNT_NAME_INVALID: ['POR_INVALID', 'the account name is no plain text on one line'],
  AMOUNT_UNREADABLE: ['POR_INVALID', 'an amount is no decimal number'],
  AMOUNT_NEGATIVE: ['POR_INVALID', 'an amount is negative'],
  AMOUNT_ZERO: ['POR_INVALID', 'the reserve is zero'],
  AMOUNT_TOO_LARGE: ['POR_INVALID', 'the reserve is larger than the feed can hold'],
  TIME_UNREADABLE: ['POR_INVALID', 'the time stamp is no ISO 8601 time with a zone'],
  SIGNATURE_INVALID: ['POR_INVALID', 'the signature does not verify'],
  NOT_VERIFIED: ['POR_INVALID', 'the attestation is not verified'],
  UNIT_MISMATCH: ['POR_INVALID', 'an amount is in another currency'],
  DECIMALS_MISMATCH: ['POR_INVALID', 'the decimals differ from the configured ones'],
  ROUND_INVALID: ['POR_INVALID', "the feed's latest round is not complete"],
  ADDRESS_LIST_INVALID: ['POR_INVALID', 'the address list is empty, too long, repeats itself or holds no address'],
  JUMP_TOO_LARGE: ['POR_INVALID', 'the reserve rose by more than it may since the last proof on chain'],
  SOURCES_DISAGREE: ['POR_INVALID', 'too few sources agree on the reserve'],
} as const satisfies Record<string, readonly [RefusalCode, string]>

/** The fine-grained reason of a reserve refusal. */
export type Word = keyof typeof reasons

/**
 * What is wrong with a source's answer; thrown by whatever reads it. It never carries text of the answer; `detail`
 * replaces the word's sentence where the nodes agree on something more precise.
 */
export class SourceError extends Error {
  constructor(
    readonly word: Word,
    readonly detail: string = sentenceOfWord(word),
  ) {
    super(`${word}: ${detail}`)
  }
}

/** Ends the reading of an answer. */
export function refuse(word: Word, detail?: string): never {
  throw new SourceError(word, detail)
}

/** The code that a word stands for. */
export function codeOfWord(word: Word): RefusalCode {
  return reasons[word][0]
}

/** What people read about a word. */
export function sentenceOfWord(word: Word): string {
  return reasons[word][1]
}

/** Tells a word from other text, for what comes back from consensus. */
export function isWord(text: string): text is Word {
  return Object.hasOwn(reasons, text)
}
