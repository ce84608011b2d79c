/** What needs attention: uncertain mints, an open breaker, warnings, what waits and why, parts that do not answer. */
import type { ComponentChildren } from 'preact'
import { pagePath } from '../../base/place'
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

function itemsOf({ reserves, uncertain, waiting, readiness }: OverviewAnswer): Item[] {
  return [
    ...Object.entries(reserves.breaker.reasons).map(([reason, text]) => ({
      key: reason,
      tone: 'bad' as const,
      word: 'Stopped',
      text: `${endingOf(reason).title}: ${text}`,
      to: 'reserves',
      action: 'What ends it',
    })),
    ...uncertain.map(({ mintId, updatedAt }) => ({
      key: mintId,
      tone: 'warn' as const,
      word: 'Uncertain',
      text: (
        <>
          A mint whose report may still take effect; the chain is asked. Since <Age since={updatedAt} />
        </>
      ),
      to: `mints/${mintId}`,
      action: 'Open',
    })),
    ...heldUp(waiting),
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

/** One line for each thing that holds mints up. */
function heldUp(waiting: OverviewAnswer['waiting']): Item[] {
  const codes = [...new Set(waiting.map(({ code }) => code ?? ''))]
  return codes.map((code) => {
    const count = waiting.filter((mint) => mint.code === code).length
    return {
      key: `held up ${code}`,
      tone: 'warn',
      word: 'Waiting',
      text: `${count === 1 ? 'One mint waits' : `${count} mints wait`} because of ${code}. It goes on by itself until it expires.`,
      to: `mints?status=queued&code=${code}`,
      action: 'Show',
    }
  })
}
