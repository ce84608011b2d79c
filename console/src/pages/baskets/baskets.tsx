/** The baskets of the factory, and how to create one. */
import { ask } from '../../base/gateway'
import { pagePath } from '../../base/place'
import type { Basket } from '../../base/types'
import { useLoad } from '../../live/use-load'
import { baskets as known } from '../../session/session'
import { basketName } from '../../shell/basket-choice'
import { Card, Page } from '../../ui/page'
import { Allowed, Empty, Loaded } from '../../ui/states'
import { Badge } from '../../ui/status'
import { Amount, Hex, Time } from '../../ui/text'
import { Create } from './create'

export function Baskets() {
  const from = useLoad(
    'baskets',
    async (signal) => {
      const answer = await ask<{ baskets: Basket[] }>('/baskets', { signal })
      known.value = answer.baskets
      return answer
    },
    { when: ({ kind }) => kind === 'basket.registered' || kind === 'mint.minted' },
  )
  return (
    <Page
      title="Baskets"
      lead="A basket is a stablecoin with its ledger, its minting contract and compliance rules of its own."
    >
      <Allowed scope="reserve:read">
        <Loaded from={from} rows={6}>
          {({ baskets }) => (
            <>
              {baskets.length === 0 ? <Empty title="The factory has no basket yet" /> : null}
              <div class="columns">
                {baskets.map((basket) => (
                  <One key={basket.stablecoinAddress} basket={basket} />
                ))}
              </div>
              <Create onDone={from.reload} />
            </>
          )}
        </Loaded>
      </Allowed>
    </Page>
  )
}

function One({ basket }: { basket: Basket }) {
  const { stablecoinAddress, mintingConsumerAddress, token, created } = basket
  return (
    <Card
      title={basketName(basket)}
      id={`basket-${stablecoinAddress}`}
      end={basket.default ? <Badge tone="quiet">default</Badge> : undefined}
    >
      <dl class="facts">
        {token ? (
          <>
            <dt>Token</dt>
            <dd>
              {token.name} ({token.symbol}), {token.decimals} decimals
            </dd>
            <dt>Issued</dt>
            <dd>
              {token.supply ? (
                <Amount of={token.supply} unit={token.symbol} />
              ) : (
                <span class="muted">not known yet</span>
              )}
            </dd>
          </>
        ) : null}
        <dt>Stablecoin</dt>
        <dd>
          <Hex of={stablecoinAddress} />
        </dd>
        <dt>Minting consumer</dt>
        <dd>
          <Hex of={mintingConsumerAddress} />
        </dd>
        {created ? (
          <>
            <dt>Admin</dt>
            <dd>
              <Hex of={created.admin} />
            </dd>
            <dt>Created</dt>
            <dd>
              {created.at ? <Time at={created.at} /> : null}{' '}
              <a href={pagePath(`tx/${created.tx}`)}>in this transaction</a>
            </dd>
          </>
        ) : null}
      </dl>
    </Card>
  )
}
