/** Whether the mint would pass, asked while the form is filled in. */
import { useEffect, useState } from 'preact/hooks'
import { ask, query } from '../../base/gateway'
import { shortHex } from '../../base/hex'
import { pagePath } from '../../base/place'
import type { Compliance } from '../../base/types'
import { type Loading, useLoad } from '../../live/use-load'
import { may } from '../../session/session'
import { Icon } from '../../ui/icon'
import { sentence } from '../../ui/reason'

const typingMs = 350

export function useCheck(stablecoin: string | undefined, beneficiary: string, amount: string): Loading<Compliance> {
  const wanted =
    stablecoin && beneficiary && may('reserve:read')
      ? `/compliance/${beneficiary}${query({ basket: stablecoin, amount })}`
      : undefined
  const [path, setPath] = useState(wanted)
  useEffect(() => {
    const timer = setTimeout(() => setPath(wanted), typingMs)
    return () => clearTimeout(timer)
  }, [wanted])
  return useLoad(path, (signal) => ask<Compliance>(path ?? '', { signal }), {
    when: ({ kind }) => !kind.startsWith('mint.'),
  })
}

export function Check({ of }: { of: Loading<Compliance> }) {
  return (
    <div class="precheck" aria-live="polite">
      <Content of={of} />
    </div>
  )
}

function Content({ of: { value, error } }: { of: Loading<Compliance> }) {
  if (value === undefined) {
    if (error !== undefined) return <p class="muted">Nobody can say before it is tried: {error.message}.</p>
    return <p class="muted">Before anything is sent, this says whether the mint would pass.</p>
  }
  const failed = value.checks.filter(({ state }) => state === 'failed')
  if (value.wouldMint) {
    return (
      <p class="good">
        <Icon name="check" /> A mint of {value.amount} to {shortHex(value.beneficiary)} would pass now.
      </p>
    )
  }
  return (
    <>
      <p class="bad">
        <Icon name="cross" /> It would be refused now:
      </p>
      <ul>
        {failed.map(({ name, meaning, changedBy }) => (
          <li key={name}>
            {sentence(meaning)}
            {changedBy ? <span class="muted"> What changes it: {changedBy}.</span> : null}
          </li>
        ))}
      </ul>
      <p>
        <a href={pagePath(`compliance?account=${value.beneficiary}&amount=${value.amount}`)}>What can be done</a>
      </p>
    </>
  )
}
