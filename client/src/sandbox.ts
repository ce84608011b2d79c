/**
 * `@cre-backend/client/sandbox`: what a local chain always refuses, to see how a page takes it. Everything else about such
 * an order is as it should be; on any other chain they are addresses like others, of nobody.
 */
export const sandbox = {
  /** Nobody registered this beneficiary: `ACE_REJECTED` with the reason `IDENTITY_REJECTED`. */
  noKyc: '0x4e6F4B5943000000000000000000000000000001',
  /** The first basket's admin blocked this one: `ACE_REJECTED` with the reason `BLACKLISTED`. */
  blocked: '0x426C6f636B656400000000000000000000000001',
  /** More than a basket mints at once, for whomever: `ACE_REJECTED` with the reason `VOLUME_OUT_OF_RANGE`. */
  overVolume: '100001',
} as const
