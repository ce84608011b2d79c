/** The figures that decide whether minting is possible. */
import { grouped } from '../../base/amount'
import type { ReserveRounds } from '../../base/types'
import { breakerWords } from '../../figures/breaker'
import { Gauge } from '../../figures/gauge'
import { basket } from '../../session/session'
import { Card, Stat } from '../../ui/page'
import { Badge } from '../../ui/status'
import { Age, Amount } from '../../ui/text'

export function Figures({ figures }: { figures: ReserveRounds }) {
  const unit = basket.value?.token?.symbol
  const { breaker, reserves, observedAt, liability, headroom, collateralRatio, sources } = figures
  const { tone, word, means } = breakerWords[breaker.state]
  return (
    <>
      <dl class="stats">
        <Stat name="Minting" note={means}>
          <Badge tone={tone}>{word}</Badge>
        </Stat>
        <Stat
          name="Room for new mints"
          note={headroom === null ? 'Known after the first proof' : 'reserves less issued and promised'}
        >
          {headroom === null ? 'Not known yet' : <Amount of={headroom} unit={unit} />}
        </Stat>
        <Stat
          name="Reserves"
          note={
            observedAt === null ? (
              'never proven'
            ) : (
              <>
                {whoSaid(sources.length)}, observed <Age since={observedAt} />
              </>
            )
          }
        >
          {reserves === null ? 'Not proven yet' : <Amount of={reserves} unit={unit} />}
        </Stat>
        <Stat
          name="Issued"
          note={
            collateralRatio === null
              ? 'nothing issued yet'
              : `covered ${grouped(collateralRatio.replace(/\.?0+$/, ''))} times`
          }
        >
          <Amount of={liability} unit={unit} />
        </Stat>
      </dl>
      <Card title="Reserves against what is issued" id="gauge">
        <Gauge figures={figures} unit={unit} />
      </Card>
    </>
  )
}

/** The gateway keeps the proof, but what each source said only until it ends. */
function whoSaid(sources: number): string {
  if (sources === 0) return 'not asked since the gateway started'
  return sources === 1 ? '1 source' : `${sources} sources`
}
