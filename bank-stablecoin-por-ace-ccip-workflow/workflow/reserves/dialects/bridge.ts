// Reads Bridge's answers about reserves and supply.
import { type Decimal, addDecimals, isGreater } from '../../base/decimal'
import { refuse } from '../source/source-error'
import { type JsonObject, type Reading, amount, objectOf, objects, text } from './fields'

/** The two paths below a coin's address that Bridge answers, in the order they are asked. */
export const BRIDGE_PATHS = ['/reserves', '/supply'] as const

/**
 * Bridge: reserve accounts by asset class and supply by chain, all in one currency. The answers carry no time, so the
 * time of asking stands in; a source that itself reports more supply than reserves proves nothing.
 */
export function readBridge(bodies: string[], params: { currency: string; askedAt: number }): Reading {
  const [reserves = '', supply = ''] = bodies
  const accounts = objects(objectOf(reserves), 'accounts')
  const held = total(accounts, { label: 'asset_class', currency: params.currency })
  const issued = total(objects(objectOf(supply), 'supply'), { label: 'chain' })
  if (isGreater(issued, held)) refuse('SUPPLY_EXCEEDS_RESERVES')
  return { accountName: '', amount: held, observedAt: params.askedAt }
}

/** Sums a list of amounts; each needs its label and a currency, which for reserves has to be the basket's. */
function total(entries: JsonObject[], params: { label: string; currency?: string }): Decimal {
  if (entries.length === 0) refuse('FIELD_MISSING')
  let sum: Decimal = { digits: 0n, scale: 0 }
  for (const entry of entries) {
    text(entry, params.label)
    const currency = text(entry, 'currency')
    if (params.currency !== undefined && currency.toUpperCase() !== params.currency) refuse('UNIT_MISMATCH')
    sum = addDecimals(sum, amount(entry, 'amount', 'string'))
  }
  return sum
}
