/** Each command as the calls that it takes. */
import { type Abi, type Address, encodeAbiParameters, type Hex, keccak256, parseUnits, stringToHex, zeroHash } from "viem";
import { policyAbi, registryAbi } from "./abi";
import { address, type Office, UsageError } from "./office";
import type { Call } from "./send";

export const credentialTypes = {
  kyc: keccak256(stringToHex("common.kyc")),
  amlFlag: keccak256(stringToHex("basket.aml-flag")),
  jurisdiction: keccak256(stringToHex("basket.jurisdiction")),
} as const;

type Command = (office: Office, words: string[]) => Promise<Call[]> | Call[];

export const commands: Record<string, Command> = {
  block: (office, [who]) => [onList(office.basket.rejectPolicy, "rejectAddress", "block", who)],
  unblock: (office, [who]) => [onList(office.basket.rejectPolicy, "unrejectAddress", "unblock", who)],
  allow: (office, [who]) => [onList(office.basket.allowPolicy, "allowAddress", "allow", who)],
  disallow: (office, [who]) => [onList(office.basket.allowPolicy, "disallowAddress", "disallow", who)],
  whitelist: (office, [state]) => [
    policy(office.basket.policySwitch, `turn the whitelist ${state}`, "setWhitelistRequired", onOff(state)),
  ],
  identity: (office, [state]) => [
    policy(office.basket.policySwitch, `turn the identity check ${state}`, "setIdentityRequired", onOff(state)),
  ],
  "register-kyc": registerKyc,
  revoke: (office, [who]) => dropCredential(office, who, credentialTypes.kyc, "revoke the KYC credential"),
  "flag-aml": async (office, [who]) =>
    credentialCalls(office, await identityOf(office, address(who)), { type: credentialTypes.amlFlag, what: `flag ${who}` }),
  "clear-aml": (office, [who]) => dropCredential(office, who, credentialTypes.amlFlag, "lift the money-laundering flag"),
  "set-jurisdiction": async (office, [who, code]) =>
    credentialCalls(office, await identityOf(office, address(who)), residence(who, code)),
  accept: (office, [code]) => [
    policy(office.basket.jurisdictions, `accept residents of ${code}`, "setJurisdiction", country(code), true),
  ],
  refuse: (office, [code]) => [
    policy(office.basket.jurisdictions, `refuse residents of ${code}`, "setJurisdiction", country(code), false),
  ],
  limits,
  rate,
  pause: (office) => [policy(office.basket.pausePolicy, "pause all minting of the basket", "setPausedState", true)],
  resume: (office) => [policy(office.basket.pausePolicy, "resume minting of the basket", "setPausedState", false)],
};

/** Parses whole tokens into base units. */
export function tokens(office: Office, text: string | undefined, name: string): bigint {
  const [, fraction = ""] = /^\d+(?:\.(\d+))?$/.exec(text ?? "") ?? [undefined, undefined];
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) {
    throw new UsageError(`${name} must be whole tokens as a decimal number, not "${text ?? ""}"`);
  }
  if (fraction.length > office.decimals) throw new UsageError(`${name} has more than the token's ${office.decimals} decimals`);
  return parseUnits(text, office.decimals);
}

function policy(to: Address, what: string, functionName: string, ...args: unknown[]): Call {
  return { what, to, abi: policyAbi as Abi, functionName, args };
}

function onList(to: Address, functionName: string, verb: string, who: string | undefined): Call {
  const account = address(who);
  return policy(to, `${verb} ${account}`, functionName, account);
}

function onOff(word: string | undefined): boolean {
  if (word !== "on" && word !== "off") throw new UsageError(`say on or off, not "${word ?? ""}"`);
  return word === "on";
}

function country(code: string | undefined): Hex {
  if (code === undefined || !/^[A-Z]{2}$/.test(code)) {
    throw new UsageError(`CC must be two capital letters as in ISO 3166-1, e.g. CH, not "${code ?? ""}"`);
  }
  return stringToHex(code);
}

/** The smallest may at no moment reach the largest, so which of the two calls comes first depends on today's limits. */
async function limits(office: Office, [smallest, largest]: string[]): Promise<Call[]> {
  const [min, max] = [tokens(office, smallest, "MIN"), tokens(office, largest, "MAX")];
  if (max !== 0n && min >= max) throw new UsageError("MIN must be less than MAX (MAX 0 means no limit)");
  const to = office.basket.volumePolicy;
  const read = (functionName: "getMin" | "getMax") => office.chain.readContract({ address: to, abi: policyAbi, functionName });
  const [nowMin, nowMax] = await Promise.all([read("getMin"), read("getMax")]);
  const setMin = min === nowMin ? [] : [policy(to, `set the smallest mint to ${smallest} tokens`, "setMin", min)];
  const setMax = max === nowMax ? [] : [policy(to, `set the largest mint to ${largest} tokens`, "setMax", max)];
  const maxFirst = max === 0n || max > nowMin;
  const [first, second] = maxFirst ? [setMax, setMin] : [setMin, setMax];
  return [...first, ...second.map((call) => ({ ...call, needsPrevious: first.length > 0 }))];
}

async function rate(office: Office, [amount, period]: string[]): Promise<Call[]> {
  const to = office.basket.volumeRatePolicy;
  const most = tokens(office, amount, "AMOUNT");
  if (period !== undefined && !/^[1-9]\d*$/.test(period)) throw new UsageError(`SECONDS must be a whole number, not "${period}"`);
  const calls: Call[] = [];
  if (most !== (await office.chain.readContract({ address: to, abi: policyAbi, functionName: "getMaxAmount" }))) {
    calls.push(policy(to, `set the rate to ${amount} tokens per account and period`, "setMaxAmount", most));
  }
  const seconds = await office.chain.readContract({ address: to, abi: policyAbi, functionName: "getTimePeriodDuration" });
  if (period !== undefined && BigInt(period) !== seconds) {
    calls.push(policy(to, `set the period to ${period} seconds`, "setTimePeriodDuration", BigInt(period)));
  }
  return calls;
}

/** An account's identity (CCID): the registered one, or the one that its address stands for. */
interface Identity {
  account: Address;
  ccid: Hex;
  isRegistered: boolean;
}

async function identityOf(office: Office, account: Address): Promise<Identity> {
  const known = await office.chain.readContract({
    address: office.record.identityRegistry,
    abi: registryAbi,
    functionName: "getIdentity",
    args: [account],
  });
  const isRegistered = known !== zeroHash;
  return { account, isRegistered, ccid: isRegistered ? known : keccak256(encodeAbiParameters([{ type: "address" }], [account])) };
}

interface Credential {
  type: Hex;
  what: string;
  data?: Hex;
  /** Unix seconds; 0 for no end. */
  expiresAt?: number;
}

function residence(who: string | undefined, code: string | undefined): Credential {
  return { type: credentialTypes.jurisdiction, what: `register ${who} as resident of ${code}`, data: country(code) };
}

/** Registers the identity when it is missing, and puts the credential in the place of an earlier one. */
async function credentialCalls(office: Office, identity: Identity, credential: Credential): Promise<Call[]> {
  const { account, ccid, isRegistered } = identity;
  const { type, what, data = "0x", expiresAt = 0 } = credential;
  const abi = registryAbi as Abi;
  const to = office.record.credentialRegistry;
  const calls: Call[] = [];
  if (!isRegistered) {
    const args = [ccid, account, "0x"];
    calls.push({ what: `register an identity for ${account}`, to: office.record.identityRegistry, abi, functionName: "registerIdentity", args });
  }
  if (await hasCredential(office, ccid, type)) {
    const args = [ccid, type, "0x"];
    calls.push({ what: "remove the earlier credential", to, abi, functionName: "removeCredential", args });
  }
  const args = [ccid, type, expiresAt, data, "0x"];
  calls.push({ what, to, abi, functionName: "registerCredential", args, needsPrevious: calls.length > 0 });
  return calls;
}

async function registerKyc(office: Office, [who, code, days]: string[]): Promise<Call[]> {
  const account = address(who);
  if (days !== undefined && !/^[1-9]\d*$/.test(days)) throw new UsageError(`DAYS must be a whole number, not "${days}"`);
  const { timestamp } = await office.chain.getBlock();
  const expiresAt = days === undefined ? 0 : Number(timestamp) + Number(days) * 86_400;
  const identity = await identityOf(office, account);
  const kyc = { type: credentialTypes.kyc, what: `register KYC of ${account}`, expiresAt };
  return [
    ...(await credentialCalls(office, identity, kyc)),
    ...(await credentialCalls(office, { ...identity, isRegistered: true }, { ...residence(account, code), expiresAt })),
  ];
}

async function dropCredential(office: Office, who: string | undefined, type: Hex, what: string): Promise<Call[]> {
  const account = address(who);
  const { ccid } = await identityOf(office, account);
  if (!(await hasCredential(office, ccid, type))) throw new UsageError(`cannot ${what}: ${account} has none`);
  const to = office.record.credentialRegistry;
  return [{ what: `${what} of ${account}`, to, abi: registryAbi as Abi, functionName: "removeCredential", args: [ccid, type, "0x"] }];
}

async function hasCredential(office: Office, ccid: Hex, type: Hex): Promise<boolean> {
  const types = await office.chain.readContract({
    address: office.record.credentialRegistry,
    abi: registryAbi,
    functionName: "getCredentialTypes",
    args: [ccid],
  });
  return types.includes(type);
}
