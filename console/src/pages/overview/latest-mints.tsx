import { pagePath } from '../../base/place'
import type { MintPage } from '../../base/types'
import { MintTable } from '../../ui/mint-table'
import { Card } from '../../ui/page'
import { Empty, NotAllowed } from '../../ui/states'

export function LatestMints({ page }: { page: MintPage | undefined }) {
  if (page === undefined) return <NotAllowed scope="mint:read" />
  return (
    <Card
      title="Latest mints"
      id="latest"
      end={
        <a class="button small" href={pagePath('mints')}>
          All mints
        </a>
      }
    >
      {page.mints.length === 0 ? (
        <Empty title="Nothing was minted yet">
          <p>The first mint takes about ten seconds until it is final.</p>
          <a class="button main" href={pagePath('mint')}>
            New mint
          </a>
        </Empty>
      ) : (
        <MintTable mints={page.mints} caption="The latest mints of the basket" />
      )}
    </Card>
  )
}
