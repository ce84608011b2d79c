/** The figures of a basket in a row. */
import { exact, grouped } from '../../base/amount'
import type { ReserveFigures } from '../../base/types'
import { Stat } from '../../ui/page'
import { Age, Amount } from '../../ui/text'

export function Supply({ figures, unit }: { figures: ReserveFigures; unit: string | undefined }) {
  const { reserves, observedAt, liability, headroom, reserved, collateralRatio, marginBps, unexplainedSupply } = figures
  return (
    <dl class="stats">
      <Stat
        name="Reserves"
        note={
          observedAt === null ? (
            'never proven'
          ) : (
            <>
              observed <Age since={observedAt} />
            </>
          )
        }
      >
        {reserves === null ? 'Not proven yet' : <Amount of={reserves} unit={unit} />}
      </Stat>
      <Stat
        name="Issued"
        note={
          exact(unexplainedSupply) === 0n
            ? 'equals the supply on chain'
            : `${grouped(unexplainedSupply)} of the supply on chain unexplained`
        }
      >
        <Amount of={liability} unit={unit} />
      </Stat>
      <Stat
        name="Room for new mints"
        note={
          reserved === '0' ? (
            'nothing is promised'
          ) : (
            <>
              <Amount of={reserved} unit={unit} /> promised
            </>
          )
        }
      >
        {headroom === null ? 'Not known yet' : <Amount of={headroom} unit={unit} />}
      </Stat>
      <Stat name="Covered" note={`${marginBps / 100} % of the reserves may be issued`}>
        {collateralRatio === null ? 'Nothing issued' : `${grouped(collateralRatio.replace(/\.?0+$/, ''))} times`}
      </Stat>
    </dl>
  )
}
