/** Says in words whether a mint would pass and, if not, what to do about it. */
import { formatUnits, hexToString, zeroHash } from "viem";
import { lensAbi } from "./abi";
import { credentialTypes, tokens } from "./commands";
import { address, type Office } from "./office";

export async function status(office: Office, [who, amount]: string[]): Promise<string[]> {
  const account = address(who);
  const explanation = await office.chain.readContract({
    address: office.record.complianceLens,
    abi: lensAbi,
    functionName: "explain",
    args: [office.basket.mintingConsumer, account, amount === undefined ? 0n : tokens(office, amount, "AMOUNT")],
  });
  const failed = (type: string) => explanation.failedRequirements.includes(type as `0x${string}`);
  const whole = (units: bigint) => formatUnits(units, office.decimals);
  const residence = explanation.jurisdiction === "0x" ? "none" : hexToString(explanation.jurisdiction);
  const identityIs = explanation.identityRequired ? "in force" : "not in force";
  return [
    `account            ${account}`,
    `would mint         ${explanation.verdict.code === 0 ? "yes" : `no (verdict ${explanation.verdict.code}, policy ${explanation.verdict.policy})`}`,
    `basket             ${explanation.paused ? "paused: 'resume' restarts it" : "not paused"}`,
    `blacklist          ${explanation.blacklisted ? `listed: 'unblock ${account}'` : "not listed"}`,
    `whitelist          ${explanation.whitelistRequired ? "in force" : "not in force"}; ${explanation.whitelisted ? "listed" : `not listed: 'allow ${account}'`}`,
    `identity check     ${identityIs}; ${explanation.identity === zeroHash ? `not registered: 'register-kyc ${account} CC'` : explanation.identity}`,
    `  KYC              ${failed(credentialTypes.kyc) ? `missing or expired: 'register-kyc ${account} CC'` : "valid"}`,
    `  AML flag         ${failed(credentialTypes.amlFlag) ? `set: 'clear-aml ${account}'` : "none"}`,
    `  jurisdiction     ${residence}${explanation.jurisdictionAccepted ? " (accepted)" : " (not accepted)"}`,
    `mint volume        ${whole(explanation.minVolume)} to ${explanation.maxVolume === 0n ? "no limit" : whole(explanation.maxVolume)} tokens`,
    `rate               ${whole(explanation.rateVolume)} tokens per ${explanation.ratePeriod} s`,
  ];
}
