/** All mints, newest first, page by page. */
import { useLocation, useRoute } from 'preact-iso'
import { ask, query } from '../../base/gateway'
import { gatewayUrl, pagePath } from '../../base/place'
import type { MintPage } from '../../base/types'
import { useLoad } from '../../live/use-load'
import { MintTable } from '../../ui/mint-table'
import { Card, Page } from '../../ui/page'
import { Allowed, Empty, Loaded } from '../../ui/states'
import { Csv } from './csv'
import { type MintFilter, filterOf, isFiltered, parametersOf, placeOf } from './filter'
import { Filters } from './filters'

const pageSize = '50'

export function Mints() {
  const filter = filterOf(useRoute().query)
  const search = query({ ...parametersOf(filter), limit: pageSize })
  const from = useLoad(`mints ${search}`, (signal) => ask<MintPage>(`/mints${search}`, { signal }), {
    when: ({ kind }) => kind.startsWith('mint.') && filter.cursor === '',
  })
  return (
    <Page
      title="Mints"
      lead="Every order that was taken or refused, newest first."
      actions={
        <a class="button main" href={pagePath('mint')}>
          New mint
        </a>
      }
    >
      <Allowed scope="mint:read">
        <Filters key={placeOf({ ...filter, cursor: '' })} filter={filter} />
        <Card
          title={filter.cursor === '' ? 'Newest' : 'Older'}
          id="found"
          end={<Csv address={`${gatewayUrl}/mints${query(parametersOf(filter))}`} />}
        >
          <Loaded from={from} rows={8}>
            {(page) => <Found page={page} filter={filter} />}
          </Loaded>
        </Card>
      </Allowed>
    </Page>
  )
}

function Found({ page, filter }: { page: MintPage; filter: MintFilter }) {
  const { back } = useLocation()
  if (page.mints.length === 0 && page.nextCursor === null) {
    return isFiltered(filter) ? (
      <Empty title="No mint is like that">
        <p>Take away a condition, or look at all of them.</p>
      </Empty>
    ) : (
      <Empty title="Nothing was minted yet">
        <a class="button main" href={pagePath('mint')}>
          New mint
        </a>
      </Empty>
    )
  }
  return (
    <>
      <MintTable mints={page.mints} caption="Mints" />
      {filter.cursor === '' && page.nextCursor === null ? null : (
        <nav class="card-foot pager" aria-label="Further mints">
          {filter.cursor === '' ? null : (
            <button type="button" class="button" onClick={() => back()}>
              Newer
            </button>
          )}
          {page.nextCursor === null ? (
            <span class="muted">These are the oldest.</span>
          ) : (
            <a class="button" href={placeOf({ ...filter, cursor: page.nextCursor })}>
              Older
            </a>
          )}
        </nav>
      )}
    </>
  )
}
