/** A transaction in words: what was called, what the report said, what each contract told. */
import { useRoute } from 'preact-iso'
import { ask } from '../../base/gateway'
import { isHash } from '../../base/hex'
import { pagePath } from '../../base/place'
import type { Transaction as TransactionAnswer } from '../../base/types'
import { useLoad } from '../../live/use-load'
import { card } from '../../session/session'
import { Card, Page } from '../../ui/page'
import { ErrorBox, Loaded } from '../../ui/states'
import { Badge } from '../../ui/status'
import { Hex, Time } from '../../ui/text'
import { Logs } from './logs'
import { ReportCard } from './report-card'

export function Transaction() {
  const hash = useRoute().params['hash'] ?? ''
  const path = `/tx/${hash}`
  const from = useLoad(isHash(hash) ? path : undefined, (signal) => ask<TransactionAnswer>(path, { signal }))
  const explorer = card.value?.chain?.explorer
  return (
    <Page
      title="Transaction"
      lead={<Hex of={hash} full />}
      actions={
        explorer ? (
          <a class="button" href={`${explorer}/tx/${hash}`} target="_blank" rel="noreferrer">
            Open in the explorer
          </a>
        ) : undefined
      }
    >
      {isHash(hash) ? (
        <Loaded from={from} rows={8}>
          {(transaction) => (
            <>
              <Outcome of={transaction} />
              {transaction.report ? <ReportCard report={transaction.report} mints={transaction.mints} /> : null}
              <Logs logs={transaction.receipt.logs} />
            </>
          )}
        </Loaded>
      ) : (
        <ErrorBox error={new Error('A transaction is named by 0x and 64 hexadecimal digits.')} />
      )}
    </Page>
  )
}

function Outcome({ of: { receipt, final, time, call, baskets, mints } }: { of: TransactionAnswer }) {
  const isSuccess = receipt.status === 'success'
  return (
    <Card
      title={isSuccess ? 'It was carried out' : 'It was reverted'}
      id="outcome"
      end={
        <span class="badges">
          <Badge tone={isSuccess ? 'good' : 'bad'}>{isSuccess ? 'Success' : 'Reverted'}</Badge>
          <Badge tone={final ? 'good' : 'busy'}>{final ? 'Final' : 'Not final yet'}</Badge>
        </span>
      }
    >
      <dl class="facts">
        <dt>Block</dt>
        <dd>
          {receipt.blockNumber ?? 'none yet'}
          {time ? (
            <>
              , <Time at={time} />
            </>
          ) : null}
        </dd>
        <dt>From</dt>
        <dd>
          <Hex of={receipt.from} full />
        </dd>
        {receipt.to ? (
          <>
            <dt>To</dt>
            <dd>
              <Hex of={receipt.to} full />
            </dd>
          </>
        ) : null}
        {call ? (
          <>
            <dt>Call</dt>
            <dd>
              <code>{call.signature}</code>
            </dd>
          </>
        ) : null}
        <dt>Gas</dt>
        <dd>{Number(receipt.gasUsed).toLocaleString('en-GB')}</dd>
        {baskets.map(({ stablecoinAddress, name }) => (
          <>
            <dt>Basket</dt>
            <dd>
              <Hex of={stablecoinAddress} name={name} />
            </dd>
          </>
        ))}
        {mints
          .filter(({ mintId }) => mintId)
          .map(({ mintId }) => (
            <>
              <dt>Mint</dt>
              <dd>
                <a href={pagePath(`mints/${mintId}`)}>{mintId}</a>
              </dd>
            </>
          ))}
      </dl>
    </Card>
  )
}
