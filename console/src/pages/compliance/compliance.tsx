/** Why an account would be refused, and the calls that change it. */
import { useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso'
import { amountFault } from '../../base/amount'
import { ask, query } from '../../base/gateway'
import { isAddress } from '../../base/hex'
import { pagePath } from '../../base/place'
import type { Compliance as ComplianceAnswer } from '../../base/types'
import { useLoad } from '../../live/use-load'
import { Desk } from '../../officer/desk'
import { basket } from '../../session/session'
import { Field } from '../../ui/field'
import { Page } from '../../ui/page'
import { Allowed, Empty, Loaded } from '../../ui/states'
import { Beneficiaries } from '../mint/beneficiaries'
import { Checks } from './checks'

export function Compliance() {
  const { account = '', amount = '' } = useRoute().query
  const chosen = basket.value
  const path = `/compliance/${account}${query({ basket: chosen?.stablecoinAddress, amount })}`
  const from = useLoad(chosen && isAddress(account) ? path : undefined, (signal) =>
    ask<ComplianceAnswer>(path, { signal }),
  )
  return (
    <Page title="Compliance" lead="Whether a mint for an account would pass, why not, and who can change that.">
      <Allowed scope="reserve:read">
        {chosen === undefined ? (
          <Empty title="There is no basket yet" />
        ) : (
          <>
            <Question key={account + amount} account={account} amount={amount} />
            {isAddress(account) ? (
              <Loaded from={from} rows={8}>
                {(answer) => (
                  <>
                    <Checks answer={answer} />
                    <Desk account={account} />
                  </>
                )}
              </Loaded>
            ) : (
              <Desk account="" />
            )}
          </>
        )}
      </Allowed>
    </Page>
  )
}

function Question({ account, amount }: { account: string; amount: string }) {
  const { route } = useLocation()
  const [draft, setDraft] = useState({ account, amount })
  const [isAsked, setAsked] = useState(false)
  const wrongAccount = isAsked && !isAddress(draft.account)
  const wrongAmount = draft.amount === '' ? undefined : amountFault(draft.amount, basket.value?.token?.decimals ?? 18)
  const submit = (event: Event) => {
    event.preventDefault()
    setAsked(true)
    if (isAddress(draft.account) && wrongAmount === undefined) route(pagePath(`compliance${query(draft)}`))
  }
  return (
    <form class="card form" onSubmit={submit} noValidate aria-label="Would a mint pass?">
      <div class="fields">
        <div class="whole">
          <Field
            id="account"
            label="Account"
            mono
            placeholder="0x…"
            value={draft.account}
            onText={(text) => setDraft({ ...draft, account: text.trim() })}
            tone={wrongAccount ? 'bad' : undefined}
            hint={wrongAccount ? '0x and 40 hexadecimal digits.' : 'Who would get the tokens.'}
          />
          <Beneficiaries onTake={(address) => setDraft({ ...draft, account: address })} />
        </div>
        <Field
          id="amount"
          label="Amount (optional)"
          inputMode="decimal"
          unit={basket.value?.token?.symbol ?? 'tokens'}
          value={draft.amount}
          onText={(text) => setDraft({ ...draft, amount: text.trim() })}
          tone={wrongAmount ? 'bad' : undefined}
          hint={wrongAmount ?? 'Without one, the smallest mint that the basket allows.'}
        />
      </div>
      <div>
        <button type="submit" class="button main">
          Would a mint pass?
        </button>
      </div>
    </form>
  )
}
