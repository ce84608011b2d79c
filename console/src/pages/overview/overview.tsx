/** Can one mint now, what happened, and what wants somebody's attention. */
import { pagePath } from '../../base/place'
import { History } from '../../figures/history'
import { type Loading, useLoad } from '../../live/use-load'
import { basket, may } from '../../session/session'
import { basketName } from '../../shell/basket-choice'
import { Card, Page } from '../../ui/page'
import { Allowed, Empty, Loaded } from '../../ui/states'
import { Attention } from './attention'
import { Figures } from './figures'
import { LatestMints } from './latest-mints'
import { type OverviewAnswer, loadOverview } from './load'
import { Today } from './today'

const everyMs = 15_000

export function Overview() {
  const chosen = basket.value
  const from = useLoad(
    chosen && may('reserve:read') ? `overview ${chosen.stablecoinAddress}` : undefined,
    (signal) => loadOverview(chosen?.stablecoinAddress ?? '', signal),
    { everyMs },
  )
  const title = chosen === undefined ? 'Overview' : basketName(chosen)
  return (
    <Page
      title={title}
      lead="Whether minting is possible now, what was minted, and what needs attention."
      actions={
        <a class="button main" href={pagePath('mint')}>
          New mint
        </a>
      }
    >
      <Allowed scope="reserve:read">{chosen === undefined ? <NoBasket /> : <Content from={from} />}</Allowed>
    </Page>
  )
}

function Content({ from }: { from: Loading<OverviewAnswer> }) {
  return (
    <Loaded from={from} rows={8}>
      {(answer) => (
        <>
          <Figures figures={answer.reserves} />
          <Attention of={answer} />
          <LatestMints page={answer.latest} />
          <History stablecoin={answer.reserves.stablecoinAddress} unit={basket.value?.token?.symbol} />
          <Today summary={answer.summary} />
        </>
      )}
    </Loaded>
  )
}

function NoBasket() {
  return (
    <Card title="Begin" id="begin">
      <Empty title="There is no basket yet">
        <p>
          A basket is a stablecoin with its ledger, its minting contract and its compliance rules. Create the first one.
        </p>
        <a class="button main" href={pagePath('baskets')}>
          Create a basket
        </a>
      </Empty>
    </Card>
  )
}
