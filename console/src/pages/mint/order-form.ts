/** What is typed into the form of a new mint, and what is wrong with it. */
import { amountFault } from '../../base/amount'
import { isAddress } from '../../base/hex'

export interface Draft {
  beneficiary: string
  amount: string
  bankReference: string
}

export type Faults = Partial<Record<keyof Draft, string>>

const referenceMost = 128

export function faultsOf({ beneficiary, amount, bankReference }: Draft, decimals: number): Faults {
  const faults: Faults = {}
  if (beneficiary === '') faults.beneficiary = 'Enter the account that gets the tokens.'
  else if (!isAddress(beneficiary)) faults.beneficiary = 'An address is 0x and 40 hexadecimal digits.'
  const wrongAmount = amountFault(amount, decimals)
  if (wrongAmount !== undefined) faults.amount = wrongAmount
  if (bankReference.length > referenceMost) faults.bankReference = `At most ${referenceMost} characters.`
  return faults
}
