/** Every check that a mint goes through, how it stands, and what would change it. */
import type { Compliance, ComplianceCheck } from '../../base/types'
import { symbolOf } from '../../ui/mint-table'
import { Card } from '../../ui/page'
import { sentence } from '../../ui/reason'
import { Badge, type Tone } from '../../ui/status'
import { Amount, Hex } from '../../ui/text'

const looks: Record<ComplianceCheck['state'], { tone: Tone; word: string }> = {
  passed: { tone: 'good', word: 'passes' },
  failed: { tone: 'bad', word: 'refuses' },
  unknown: { tone: 'quiet', word: 'not reached' },
}

const names: Record<string, string> = {
  breaker: 'Breaker',
  reserves: 'Reserves',
  pause: 'Pause on chain',
  'deny-list': 'Deny list',
  'allow-list': 'Allow list',
  identity: 'Identity',
  'amount-range': 'Size of one mint',
  'account-limit': 'Limit of the account',
  'basket-cap': 'Cap of the basket',
  order: 'Order',
  'other-policies': 'Other policies',
}

export function Checks({ answer }: { answer: Compliance }) {
  const { wouldMint, verdict, amount, beneficiary, checks, identity } = answer
  return (
    <Card
      title="The answer"
      id="answer"
      end={
        <Badge tone={wouldMint ? 'good' : 'bad'}>{wouldMint ? 'A mint would pass' : 'A mint would be refused'}</Badge>
      }
    >
      <p>
        <Amount of={amount} unit={symbolOf(answer.stablecoinAddress)} /> to <Hex of={beneficiary} />
        {wouldMint || verdict.code === 0 ? null : (
          <>
            : <code>{verdict.name}</code>
            {verdict.policy ? (
              <>
                {' '}
                by policy <Hex of={verdict.policy} />
              </>
            ) : null}
          </>
        )}
      </p>
      <ul class="plain-list checks">
        {checks.map(({ name, state, meaning, changedBy }) => (
          <li key={name}>
            <Badge tone={looks[state].tone}>{looks[state].word}</Badge>
            <div class="grow">
              <strong>{names[name] ?? name}</strong>: {sentence(meaning)}
              {name === 'identity' && identity.unmet.length > 0 ? (
                <ul class="needs">
                  {identity.unmet.map(({ requirement, needs }) => (
                    <li key={requirement}>Needs {needs}.</li>
                  ))}
                </ul>
              ) : null}
              {changedBy ? <p class="muted">What changes it: {changedBy}.</p> : null}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
