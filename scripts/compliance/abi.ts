/** The functions of the basket's contracts that a compliance officer uses; see contracts/README.md. */
import { keccak256, parseAbi, stringToHex } from 'viem'

export const factoryAbi = parseAbi([
  'struct Basket { address stablecoin; address mintingConsumer; address ledger; address redemptionDesk; address policyEngine; address admin; address pausePolicy; address rejectPolicy; address allowPolicy; address identityPolicy; address jurisdictions; address volumePolicy; address volumeRatePolicy; address policySwitch; address redemptionVolumePolicy; }',
  'function basketOf(address stablecoinOrConsumer) view returns (Basket)',
  'function complianceFactory() view returns (address)',
])

export const tokenAbi = parseAbi([
  'function decimals() view returns (uint8)',
  'function freeze(address account)',
  'function unfreeze(address account)',
  'function setTransfersPaused(bool paused)',
])

export const policyAbi = parseAbi([
  'function setPausedState(bool paused)',
  'function rejectAddress(address account)',
  'function unrejectAddress(address account)',
  'function allowAddress(address account)',
  'function disallowAddress(address account)',
  'function setMin(uint256 minAmount)',
  'function setMax(uint256 maxAmount)',
  'function getMin() view returns (uint256)',
  'function getMax() view returns (uint256)',
  'function setMaxAmount(uint256 maxAmount)',
  'function getMaxAmount() view returns (uint256)',
  'function setTimePeriodDuration(uint256 duration)',
  'function getTimePeriodDuration() view returns (uint256)',
  'function setWhitelistRequired(bool required)',
  'function setIdentityRequired(bool required)',
  'function setJurisdiction(bytes2 jurisdiction, bool isAccepted)',
])

export const registryAbi = parseAbi([
  'function getIdentity(address account) view returns (bytes32)',
  'function registerIdentity(bytes32 ccid, address account, bytes context)',
  'function getCredentialTypes(bytes32 ccid) view returns (bytes32[])',
  'function registerCredential(bytes32 ccid, bytes32 credentialTypeId, uint40 expiresAt, bytes credentialData, bytes context)',
  'function removeCredential(bytes32 ccid, bytes32 credentialTypeId, bytes context)',
])

/** What a credential says, as the registry names it. */
export const credentialTypes = {
  kyc: keccak256(stringToHex('common.kyc')),
  amlFlag: keccak256(stringToHex('basket.aml-flag')),
  jurisdiction: keccak256(stringToHex('basket.jurisdiction')),
} as const

export const lensAbi = parseAbi([
  'struct Verdict { uint8 code; address policy; }',
  'struct Explanation { Verdict verdict; bool frozen; bool transfersPaused; bool paused; bool blacklisted; bool whitelistRequired; bool whitelisted; bool identityRequired; bytes32 identity; bytes32[] failedRequirements; bytes jurisdiction; bool jurisdictionAccepted; uint256 minVolume; uint256 maxVolume; uint256 rateVolume; uint256 ratePeriod; uint256 rateUsed; bytes32[] laxRequirements; }',
  'function explain(address mintingConsumer, address account, uint256 amount) view returns (Explanation)',
])

export const complianceFactoryAbi = parseAbi(['function registries() view returns (address)'])

export const registriesAbi = parseAbi([
  'function identityRegistry() view returns (address)',
  'function credentialRegistry() view returns (address)',
])

export const ownableAbi = parseAbi(['function owner() view returns (address)'])
