/** Where the reserves stand, who says so, and whether minting is stopped. */
import { ask } from '../../base/gateway'
import type { ReserveRounds } from '../../base/types'
import { Gauge } from '../../figures/gauge'
import { History } from '../../figures/history'
import { useLoad } from '../../live/use-load'
import { basket } from '../../session/session'
import { Card, Page } from '../../ui/page'
import { Reason } from '../../ui/reason'
import { Allowed, Empty, Loaded } from '../../ui/states'
import { BreakerCard } from './breaker-card'
import { Nodes } from './nodes'
import { Rounds } from './rounds'
import { Sources } from './sources'
import { Supply } from './supply'

const everyMs = 15_000

export function Reserves() {
  const chosen = basket.value
  const path = `/reserves/${chosen?.stablecoinAddress}`
  const from = useLoad(chosen ? path : undefined, (signal) => ask<ReserveRounds>(path, { signal }), { everyMs })
  const unit = chosen?.token?.symbol
  return (
    <Page
      title="Reserves"
      lead="What backs the tokens, who says so, and what stops minting when that cannot be believed."
    >
      <Allowed scope="reserve:read">
        {chosen === undefined ? (
          <Empty title="There is no basket yet" />
        ) : (
          <Loaded from={from} rows={10}>
            {(figures) => (
              <>
                {figures.refusal ? (
                  <div class="notice warn">
                    <p class="notice-title">The newest figure was not accepted</p>
                    <Reason code={figures.refusal.code} detail={figures.refusal.reason} />
                  </div>
                ) : null}
                <Supply figures={figures} unit={unit} />
                <Card title="Reserves against what is issued" id="gauge">
                  <Gauge figures={figures} unit={unit} />
                </Card>
                <History stablecoin={chosen.stablecoinAddress} unit={unit} />
                <div class="columns">
                  <BreakerCard figures={figures} onDone={from.reload} />
                  <Nodes stablecoin={chosen.stablecoinAddress} unit={unit} />
                </div>
                <Sources figures={figures} unit={unit} />
                <Rounds figures={figures} unit={unit} />
              </>
            )}
          </Loaded>
        )}
      </Allowed>
    </Page>
  )
}
