/** Amounts are decimal strings of whole tokens; they are never numbers. */

/** `1234567.5` as `1,234,567.5`. */
export function grouped(amount: string): string {
  const [whole = '', fraction] = amount.split('.')
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? digits : `${digits}.${fraction}`
}

const places = 30

/** The amount as an integer of 10⁻³⁰ tokens, in which amounts of whatever decimals compare and add. */
export function exact(amount: string): bigint {
  const negative = amount.startsWith('-')
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const units = BigInt(whole + fraction.padEnd(places, '0').slice(0, places))
  return negative ? -units : units
}

/** The reverse of {@link exact}. */
export function decimal(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  const whole = digits.slice(0, -places)
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** Which part of `whole` the amount is, between 0 and 1. */
export function share(amount: string, whole: string): number {
  const total = exact(whole)
  if (total <= 0n) return 0
  const part = Number((exact(amount) * 1_000_000n) / total) / 1_000_000
  return Math.min(1, Math.max(0, part))
}

/** What is wrong with an amount that somebody typed, in a sentence; undefined where nothing is. */
export function amountFault(text: string, decimals: number): string | undefined {
  if (text === '') return 'Enter an amount.'
  if (!/^\d+(\.\d+)?$/.test(text)) return 'Write digits, and a point before decimals: 1000 or 0.5.'
  if ((text.split('.')[1] ?? '').length > decimals) return `The token has ${decimals} decimals.`
  if (exact(text) === 0n) return 'The amount must be more than zero.'
  return undefined
}
