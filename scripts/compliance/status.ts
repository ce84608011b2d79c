/** Says in words whether a mint would pass and, if not, what to do about it. */
import { type Hex, formatUnits, hexToString, zeroHash } from 'viem'
import { credentialTypes, lensAbi } from './abi'
import { tokens } from './commands'
import type { ComplianceContext } from './context'
import { address } from './input'

/** The consumer's verdict codes; see contracts/src/libraries/Verdicts.sol. */
const verdictNames: Record<number, string> = {
  1: 'ZERO_ACCOUNT',
  2: 'BAD_AMOUNT',
  7: 'WINDOW_CAP_EXCEEDED',
  8: 'FORBIDDEN_ACCOUNT',
  9: 'DELIVERY_REFUSED',
  10: 'ACCOUNT_FROZEN',
  16: 'POLICY_REJECTED',
  17: 'PAUSED',
  18: 'BLACKLISTED',
  19: 'NOT_WHITELISTED',
  20: 'IDENTITY_REJECTED',
  21: 'VOLUME_OUT_OF_RANGE',
  22: 'RATE_EXCEEDED',
  23: 'POLICY_FAILED',
  24: 'TOO_DEAR',
}

function refusal({ code, policy }: { code: number; policy: string }): string {
  return `${verdictNames[code] ?? `verdict ${code}`} (policy ${policy})`
}

export async function status(context: ComplianceContext, [who, amount]: string[]): Promise<string[]> {
  const account = address(who)
  const explanation = await context.chain.readContract({
    address: context.record.complianceLens,
    abi: lensAbi,
    functionName: 'explain',
    args: [context.basket.mintingConsumer, account, amount === undefined ? 0n : tokens(context, amount, 'AMOUNT')],
  })
  const isRegistered = explanation.identity !== zeroHash
  const failed = (type: Hex) => explanation.failedRequirements.includes(type)
  const whole = (units: bigint) => formatUnits(units, context.decimals)
  const residence = explanation.jurisdiction === '0x' ? 'none' : hexToString(explanation.jurisdiction)
  const identityIs = explanation.identityRequired ? 'in force' : 'not in force'
  return [
    `account            ${account}`,
    `would mint         ${explanation.verdict.code === 0 ? 'yes' : `no: ${refusal(explanation.verdict)}`}`,
    `minting            ${explanation.paused ? "paused: 'resume' restarts it" : 'not paused'}`,
    `transfers          ${explanation.transfersPaused ? "paused: 'resume-transfers' restarts them" : 'not paused'}`,
    `account            ${explanation.frozen ? `frozen: 'unfreeze ${account}'` : 'not frozen'}`,
    `blacklist          ${explanation.blacklisted ? `listed: 'unblock ${account}'` : 'not listed'}`,
    `whitelist          ${explanation.whitelistRequired ? 'in force' : 'not in force'}; ${explanation.whitelisted ? 'listed' : `not listed: 'allow ${account}'`}`,
    `identity check     ${identityIs}; ${isRegistered ? explanation.identity : `not registered: 'register-kyc ${account} CC'`}`,
    ...(isRegistered
      ? [
          `  KYC              ${failed(credentialTypes.kyc) ? `missing or expired: 'register-kyc ${account} CC'` : 'valid'}`,
          `  AML flag         ${failed(credentialTypes.amlFlag) ? `set: 'clear-aml ${account}'` : 'none'}`,
          `  jurisdiction     ${residence}${explanation.jurisdictionAccepted ? ' (accepted)' : ' (not accepted)'}`,
        ]
      : []),
    `mint volume        ${whole(explanation.minVolume)} to ${explanation.maxVolume === 0n ? 'no limit' : whole(explanation.maxVolume)} tokens`,
    `rate               ${whole(explanation.rateUsed)} used of ${whole(explanation.rateVolume)} tokens per ${explanation.ratePeriod} s, all accounts of the identity together`,
    ...(explanation.laxRequirements.includes(credentialTypes.amlFlag)
      ? ['WARNING            the AML flag has more than one source: one without a flag suffices']
      : []),
  ]
}
