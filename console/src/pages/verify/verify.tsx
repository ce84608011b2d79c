/** What an account has and what there is in all, read from the chain now. */
import { useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso'
import { ask, query } from '../../base/gateway'
import { isAddress } from '../../base/hex'
import { pagePath } from '../../base/place'
import type { Balance } from '../../base/types'
import { useLoad } from '../../live/use-load'
import { basket } from '../../session/session'
import { basketName } from '../../shell/basket-choice'
import { Field } from '../../ui/field'
import { Page, Stat } from '../../ui/page'
import { Allowed, Empty, Loaded } from '../../ui/states'
import { Amount, Hex } from '../../ui/text'
import { Beneficiaries } from '../mint/beneficiaries'

export function Verify() {
  const { account = '' } = useRoute().query
  const chosen = basket.value
  const path = `/baskets/${chosen?.stablecoinAddress}/balances/${account}`
  const from = useLoad(chosen && isAddress(account) ? path : undefined, (signal) => ask<Balance>(path, { signal }), {
    when: ({ kind }) => kind === 'mint.minted' || kind === 'mint.finalized',
  })
  return (
    <Page
      title="Verify a balance"
      lead="What an account has of a token, and how much of the token there is, read from the chain."
    >
      <Allowed scope="reserve:read">
        {chosen === undefined ? (
          <Empty title="There is no basket yet" />
        ) : (
          <>
            <Question key={account} account={account} />
            {isAddress(account) ? (
              <Loaded from={from} rows={3}>
                {({ balance, totalSupply, blockNumber }) => (
                  <>
                    <dl class="stats">
                      <Stat name="Balance" note={<Hex of={account} />}>
                        <Amount of={balance} unit={chosen.token?.symbol} />
                      </Stat>
                      <Stat name="All there is" note={basketName(chosen)}>
                        <Amount of={totalSupply} unit={chosen.token?.symbol} />
                      </Stat>
                      <Stat name="Read at block" note="the newest one">
                        {blockNumber}
                      </Stat>
                    </dl>
                    <p class="muted">
                      Check it with any wallet or node: <code>balanceOf({account})</code> and <code>totalSupply()</code>{' '}
                      of <Hex of={chosen.stablecoinAddress} />
                    </p>
                  </>
                )}
              </Loaded>
            ) : null}
          </>
        )}
      </Allowed>
    </Page>
  )
}

function Question({ account }: { account: string }) {
  const { route } = useLocation()
  const [text, setText] = useState(account)
  const [isAsked, setAsked] = useState(false)
  const isWrong = isAsked && !isAddress(text)
  const show = (address: string) => {
    setAsked(true)
    setText(address)
    if (isAddress(address)) route(pagePath(`verify${query({ account: address })}`))
  }
  const submit = (event: Event) => {
    event.preventDefault()
    show(text)
  }
  return (
    <form class="card form" onSubmit={submit} noValidate aria-label="Whose balance">
      <div>
        <Field
          id="account"
          label="Account"
          mono
          placeholder="0x…"
          value={text}
          onText={(typed) => setText(typed.trim())}
          tone={isWrong ? 'bad' : undefined}
          hint={isWrong ? '0x and 40 hexadecimal digits.' : 'Any account of the chain.'}
        />
        <Beneficiaries onTake={show} />
      </div>
      <div>
        <button type="submit" class="button main">
          Show the balance
        </button>
      </div>
    </form>
  )
}
