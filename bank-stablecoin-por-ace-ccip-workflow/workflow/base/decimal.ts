// Computes with exact decimal numbers.

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/
const MAX_DIGITS = 78

/** An exact decimal number: `digits × 10^-scale`. */
export type Decimal = { digits: bigint; scale: number }

/** Reads a non-negative decimal such as `1000000.00` or `1e6` without a float in between; undefined when it is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text)
  if (match === null || match[1] === '-') return undefined
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  const scale = fraction.length - Number(match[4] ?? '0')
  if (whole.length + fraction.length > MAX_DIGITS || Math.abs(scale) > MAX_DIGITS) return undefined
  return { digits: BigInt(whole + fraction), scale }
}

/** Base units of a token with `decimals` decimals, rounded down: a reserve is never rounded in the issuer's favour. */
export function toBaseUnitsFloor(params: { value: Decimal; decimals: number }): bigint {
  const shift = params.decimals - params.value.scale
  return shift >= 0 ? params.value.digits * 10n ** BigInt(shift) : params.value.digits / 10n ** BigInt(-shift)
}

/** Base units of a token with `decimals` decimals; undefined when the value has more decimals than the token. */
export function toBaseUnitsExact(params: { value: Decimal; decimals: number }): bigint | undefined {
  const units = toBaseUnitsFloor(params)
  const shift = params.value.scale - params.decimals
  return shift > 0 && units * 10n ** BigInt(shift) !== params.value.digits ? undefined : units
}

/** Exact sum of two decimals. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { digits: atScale(a, scale) + atScale(b, scale), scale }
}

/** Whether `a` is more than `b`, exactly. */
export function isGreater(a: Decimal, b: Decimal): boolean {
  const scale = Math.max(a.scale, b.scale)
  return atScale(a, scale) > atScale(b, scale)
}

/** Whole tokens of an amount in base units, as people write it: `1000.5`. */
export function formatUnits(params: { amount: bigint; decimals: number }): string {
  const text = params.amount.toString().padStart(params.decimals + 1, '0')
  const whole = text.slice(0, text.length - params.decimals)
  const fraction = text.slice(text.length - params.decimals).replace(/0+$/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}

function atScale(value: Decimal, scale: number): bigint {
  return value.digits * 10n ** BigInt(scale - value.scale)
}
