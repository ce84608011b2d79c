/** The officer's commands as a form shows them; what they do is in `scripts/compliance/commands.ts`. */

export type InputKind = 'account' | 'country' | 'onOff' | 'amount' | 'number'

export interface CommandInput {
  label: string
  kind: InputKind
  optional?: boolean
}

export interface Command {
  name: string
  title: string
  inputs: CommandInput[]
}

const account: CommandInput = { label: 'Account', kind: 'account' }
const country: CommandInput = { label: 'Country (two letters)', kind: 'country' }
const onOff: CommandInput = { label: 'In force', kind: 'onOff' }

export const officerCommands: Record<string, Command[]> = {
  'One account': [
    {
      name: 'register-kyc',
      title: 'Register KYC',
      inputs: [account, country, { label: 'Days (empty: no end)', kind: 'number', optional: true }],
    },
    { name: 'revoke', title: 'Revoke KYC', inputs: [account] },
    { name: 'set-jurisdiction', title: 'Set the country of residence', inputs: [account, country] },
    { name: 'flag-aml', title: 'Flag for money laundering', inputs: [account] },
    { name: 'clear-aml', title: 'Clear the money-laundering flag', inputs: [account] },
    { name: 'block', title: 'Block: no mints to it', inputs: [account] },
    { name: 'unblock', title: 'Unblock', inputs: [account] },
    { name: 'freeze', title: 'Freeze what it holds', inputs: [account] },
    { name: 'unfreeze', title: 'Unfreeze', inputs: [account] },
    { name: 'allow', title: 'Put on the allow list', inputs: [account] },
    { name: 'disallow', title: 'Take off the allow list', inputs: [account] },
  ],
  'The whole basket': [
    { name: 'pause', title: 'Pause all minting', inputs: [] },
    { name: 'resume', title: 'Resume minting', inputs: [] },
    { name: 'pause-transfers', title: 'Pause all transfers', inputs: [] },
    { name: 'resume-transfers', title: 'Resume transfers', inputs: [] },
    { name: 'whitelist', title: 'Allow list in force or not', inputs: [onOff] },
    { name: 'identity', title: 'Identity check in force or not', inputs: [onOff] },
    { name: 'accept', title: 'Accept residents of a country', inputs: [country] },
    { name: 'refuse', title: 'Refuse residents of a country', inputs: [country] },
    {
      name: 'limits',
      title: 'Smallest and largest mint',
      inputs: [
        { label: 'Smallest', kind: 'amount' },
        { label: 'Largest (0: no limit)', kind: 'amount' },
      ],
    },
    {
      name: 'rate',
      title: 'Limit per person and period',
      inputs: [
        { label: 'Amount', kind: 'amount' },
        { label: 'Seconds (empty: as it is)', kind: 'number', optional: true },
      ],
    },
  ],
}
