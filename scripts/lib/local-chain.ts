/** The local chain's well-known figures: worthless anywhere else, and the same on each. */

export const localChain = {
  id: 31337,
  /** Anvil's account 0. */
  deployerKey: '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  /** Anvil's account 1, the demo bank's admin and compliance officer. */
  basketAdmin: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  basketAdminKey: '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  /** The integration guide's beneficiary, and Anvil's accounts 2 to 5: registered as customers of the demo bank. */
  demoBeneficiaries: [
    '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd',
    '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
    '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65',
    '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc',
  ],
} as const
