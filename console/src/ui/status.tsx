/** Where a mint stands, and other short judgements, in a colour and in words. */
import type { MintStatus } from '../base/types'
import { Icon, type IconName } from './icon'

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet'

const icons: Record<Tone, IconName> = { good: 'check', busy: 'wait', warn: 'alert', bad: 'cross', quiet: 'dash' }

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={icons[tone]} />
      {children}
    </span>
  )
}

const statuses: Record<MintStatus, { tone: Tone; word: string }> = {
  queued: { tone: 'busy', word: 'Queued' },
  executing: { tone: 'busy', word: 'Running' },
  submitted: { tone: 'busy', word: 'Sent' },
  minted: { tone: 'good', word: 'Minted' },
  finalized: { tone: 'good', word: 'Final' },
  rejected: { tone: 'bad', word: 'Refused' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'quiet', word: 'Cancelled' },
  uncertain: { tone: 'warn', word: 'Uncertain' },
}

export const allStatuses = Object.keys(statuses) as MintStatus[]

export function statusWord(status: MintStatus): string {
  return statuses[status].word
}

export function StatusBadge({ status }: { status: MintStatus }) {
  const { tone, word } = statuses[status]
  return <Badge tone={tone}>{word}</Badge>
}
