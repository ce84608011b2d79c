// Turns the consumer's verdict codes into refusals.
import type { Refusal, RefusalCode } from './result'

const verdicts: Record<number, { name: string; code: RefusalCode }> = {
  1: { name: 'ZERO_ACCOUNT', code: 'INVALID_ORDER' },
  2: { name: 'BAD_AMOUNT', code: 'INVALID_ORDER' },
  3: { name: 'REFERENCE_USED', code: 'DUPLICATE_REFERENCE' },
  4: { name: 'ACCOUNT_REPEATED', code: 'INVALID_ORDER' },
  5: { name: 'RESERVE_STALE', code: 'POR_STALE' },
  6: { name: 'RESERVE_INSUFFICIENT', code: 'POR_INSUFFICIENT_RESERVES' },
  7: { name: 'WINDOW_CAP_EXCEEDED', code: 'MINT_CAP_EXCEEDED' },
  8: { name: 'FORBIDDEN_ACCOUNT', code: 'INVALID_ORDER' },
  9: { name: 'DELIVERY_REFUSED', code: 'INVALID_ORDER' },
  10: { name: 'ACCOUNT_FROZEN', code: 'ACE_REJECTED' },
  16: { name: 'POLICY_REJECTED', code: 'ACE_REJECTED' },
  17: { name: 'PAUSED', code: 'ACE_REJECTED' },
  18: { name: 'BLACKLISTED', code: 'ACE_REJECTED' },
  19: { name: 'NOT_WHITELISTED', code: 'ACE_REJECTED' },
  20: { name: 'IDENTITY_REJECTED', code: 'ACE_REJECTED' },
  21: { name: 'VOLUME_OUT_OF_RANGE', code: 'ACE_REJECTED' },
  22: { name: 'RATE_EXCEEDED', code: 'ACE_REJECTED' },
  23: { name: 'POLICY_FAILED', code: 'POLICY_FAILED' },
  24: { name: 'TOO_DEAR', code: 'ACE_REJECTED' },
}

/** The refusal that a verdict code of the consumer stands for; undefined when it accepts. */
export function refusalOfVerdict(verdict: { code: number; policy: string }): Refusal | undefined {
  if (verdict.code === 0) return undefined
  const known = verdicts[verdict.code]
  if (known === undefined) {
    return { code: 'ACE_REJECTED', policy: verdict.policy, reason: `VERDICT_${verdict.code}` }
  }
  return { code: known.code, policy: known.code === 'ACE_REJECTED' ? verdict.policy : '', reason: known.name }
}
