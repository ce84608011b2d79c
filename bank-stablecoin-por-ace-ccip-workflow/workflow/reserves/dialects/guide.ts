// Reads answers in the integration guide's format.
import { type Reading, accountName, amount, assertNoRipcord, objectOf, time } from './fields'

/**
 * The integration guide's own format: `{accountName?, totalReserve, lastUpdated}`, the amount as number or string. It has
 * no ripcord, but where a source sends one it is heeded.
 */
export function readGuide(body: string, params: { nameRequired: boolean }): Reading {
  const answer = objectOf(body)
  if (Object.hasOwn(answer, 'ripcord')) assertNoRipcord(answer, 'none')
  const named = params.nameRequired || Object.hasOwn(answer, 'accountName')
  return {
    accountName: named ? accountName(answer, 'accountName') : '',
    amount: amount(answer, 'totalReserve', 'either'),
    observedAt: time(answer, 'lastUpdated'),
  }
}
