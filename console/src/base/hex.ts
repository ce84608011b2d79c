/** Addresses and hashes. */

/** `0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd` as `0x6010…FBFd`. */
export function shortHex(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 6)}…${hex.slice(-4)}`
}

export function isAddress(text: string): boolean {
  return /^0x[0-9a-fA-F]{40}$/.test(text)
}

export function isHash(text: string): boolean {
  return /^0x[0-9a-fA-F]{64}$/.test(text)
}

export function sameAddress(one: string | null | undefined, other: string | null | undefined): boolean {
  return one != null && other != null && one.toLowerCase() === other.toLowerCase()
}
