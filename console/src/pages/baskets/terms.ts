/** Decimals and limits of a new basket: all three as they were typed, or none, for those that the factory gives. */
import { amountFault } from '../../base/amount'

export interface TermsDraft {
  decimals: string
  /** Whole tokens that may be minted in one window. */
  cap: string
  hours: string
}

/** As the factory takes them: the cap in base units. */
export interface Terms {
  decimals: number
  capPerWindow: bigint
  windowSeconds: number
}

export const noTerms: TermsDraft = { decimals: '', cap: '', hours: '' }
const [decimalsMost, hoursMost, capMost] = [18, 30 * 24, 2n ** 96n - 1n]

/** What is wrong with each field, in a sentence. */
export function termsFaults(draft: TermsDraft): Partial<TermsDraft> {
  if (Object.values(draft).every((text) => text === '')) return {}
  const faults: Partial<TermsDraft> = {}
  if (!isWithin(draft.decimals, 0, decimalsMost)) faults.decimals = `A whole number from 0 to ${decimalsMost}.`
  if (!isWithin(draft.hours, 1, hoursMost)) faults.hours = `Whole hours, from 1 to ${hoursMost}.`
  const decimals = faults.decimals === undefined ? Number(draft.decimals) : decimalsMost
  const fault = amountFault(draft.cap, decimals)
  if (fault !== undefined) faults.cap = fault
  else if (baseUnits(draft.cap, decimals) > capMost) faults.cap = 'More than a window can count.'
  return faults
}

/** The terms of a draft without a fault; undefined where the factory's own are wanted. */
export function termsOf(draft: TermsDraft): Terms | undefined {
  if (draft.decimals === '') return undefined
  const decimals = Number(draft.decimals)
  return { decimals, capPerWindow: baseUnits(draft.cap, decimals), windowSeconds: Number(draft.hours) * 3_600 }
}

function isWithin(text: string, least: number, most: number): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= least && Number(text) <= most
}

function baseUnits(amount: string, decimals: number): bigint {
  const [whole = '', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(decimals, '0'))
}
