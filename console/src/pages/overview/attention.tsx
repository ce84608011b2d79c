/** What needs attention: uncertain mints, an open breaker, warnings, what waits and why, parts that do not answer. */
import type { ComponentChildren } from 'preact'
import { pagePath } from '../../base/place'
import type { Alarm, Attention as AttentionAnswer, HeldUpMints } from '../../base/types'
import { endingOf } from '../../figures/breaker'
import { Card } from '../../ui/page'
import { sentence } from '../../ui/reason'
import { Badge, type Tone } from '../../ui/status'
import { Age } from '../../ui/text'
import type { OverviewAnswer } from './load'

interface Item {
  key: string
  tone: Tone
  word: string
  text: ComponentChildren
  to: string
  action: string
}

export function Attention({ of }: { of: OverviewAnswer }) {
  const items = itemsOf(of)
  return (
    <Card
      title="Needs attention"
      id="attention"
      end={
        <Badge tone={items.length === 0 ? 'good' : 'warn'}>
          {items.length === 0 ? 'nothing' : String(items.length)}
        </Badge>
      }
    >
      {items.length === 0 ? (
        <p class="muted">No mint is uncertain or held up, no alarm is raised, and all parts of the gateway answer.</p>
      ) : (
        <ul class="plain-list">
          {items.map(({ key, tone, word, text, to, action }) => (
            <li key={key}>
              <Badge tone={tone}>{word}</Badge>
              <span class="grow">{text}</span>
              <a class="button small" href={pagePath(to)}>
                {action}
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function itemsOf({ reserves, attention, readiness }: OverviewAnswer): Item[] {
  return [
    ...Object.entries(reserves.breaker.reasons).map(([reason, text]) => ({
      key: reason,
      tone: 'bad' as const,
      word: 'Stopped',
      text: `${endingOf(reason).title}: ${text}`,
      to: 'reserves',
      action: 'What ends it',
    })),
    ...(attention?.mints ?? [])
      .filter(({ stablecoinAddress }) => stablecoinAddress === reserves.stablecoinAddress)
      .map(heldUp),
    ...alarmsOf(attention, reserves.mintingConsumerAddress),
    ...reserves.warnings.map((warning) => ({
      key: warning,
      tone: 'warn' as const,
      word: 'Reserves',
      text: sentence(warning),
      to: 'reserves',
      action: 'Look',
    })),
    ...Object.entries(readiness?.checks ?? {})
      .filter(([, check]) => check !== 'ok')
      .map(([part, check]) => ({
        key: part,
        tone: 'bad' as const,
        word: 'Not ready',
        text: `${part}: ${check}`,
        to: 'reserves',
        action: 'Look',
      })),
  ]
}

/** Mints that wait for the same, or are uncertain. */
function heldUp({ status, code, reason, mints, oldestMintId, since }: HeldUpMints): Item {
  const isUncertain = status === 'uncertain'
  const what = mints === 1 ? 'One mint' : `${mints} mints`
  const text = isUncertain ? (
    <>
      {what} whose report may still take effect; the chain is asked. Since <Age since={since} />
    </>
  ) : (
    <>
      {what} held up by <code>{code}</code>
      {reason ? `: ${reason}` : ''}. It goes on by itself until it expires. Since <Age since={since} />
    </>
  )
  return {
    key: `${status} ${code}`,
    tone: 'warn',
    word: isUncertain ? 'Uncertain' : 'Waiting',
    text,
    to: mints === 1 ? `mints/${oldestMintId}` : `mints?status=${status}&code=${code ?? ''}`,
    action: mints === 1 ? 'Open' : 'Show',
  }
}

const alarmsForMs = 86_400_000

/** Alarms of the chain about this basket, a day long. */
function alarmsOf(attention: AttentionAnswer | undefined, consumer: string): Item[] {
  return (attention?.alarms ?? [])
    .filter(({ at }) => Date.now() - new Date(at).getTime() < alarmsForMs)
    .map((event) => ({ ...event, alarm: event.data as Alarm }))
    .filter(({ alarm }) => alarm.consumer === consumer)
    .map(({ seq, at, alarm }) => ({
      key: `alarm ${seq}`,
      tone: alarm.stops ? 'bad' : 'warn',
      word: 'Alarm',
      text: (
        <>
          {sentence(alarm.message)} <Age since={at} />
        </>
      ),
      to: alarm.tx ? `tx/${alarm.tx}` : 'reserves',
      action: alarm.tx ? 'Transaction' : 'Look',
    }))
}
