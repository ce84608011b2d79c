/** Reserves as a bar: what is issued, what is promised to mints under way, and the room that is left. */
import { decimal, exact, share } from '../base/amount'
import type { ReserveFigures } from '../base/types'
import { Amount } from '../ui/text'

const width = 1_000

export function Gauge({ figures, unit }: { figures: ReserveFigures; unit: string | undefined }) {
  const { reserves, liability, reserved, headroom } = figures
  if (reserves === null || reserves === undefined) {
    return <p class="muted">Nothing is proven yet. The first mint, or the next attestation, asks the source.</p>
  }
  const deficit = exact(liability) - exact(reserves)
  const issued = Math.round(share(liability, reserves) * width)
  const promised = Math.round(share(reserved, reserves) * width)
  return (
    <figure>
      <svg
        class="gauge"
        viewBox={`0 0 ${width} 22`}
        preserveAspectRatio="none"
        role="img"
        aria-label={sentenceOf(figures)}
      >
        <rect class="all" width={width} height="22" rx="4" />
        <rect class={deficit > 0n ? 'short' : 'liability'} width={issued} height="22" rx="4" />
        <rect class="reserved" x={Math.min(issued, width - promised)} width={promised} height="22" />
      </svg>
      <ul class="legend">
        <li class="liability">
          Issued <Amount of={liability} unit={unit} />
        </li>
        <li class="reserved">
          Promised to mints under way <Amount of={reserved} unit={unit} />
        </li>
        <li>
          {deficit > 0n ? (
            <>
              Missing <Amount of={decimal(deficit)} unit={unit} />
            </>
          ) : (
            <>
              Room left <Amount of={headroom ?? '0'} unit={unit} />
            </>
          )}
        </li>
      </ul>
    </figure>
  )
}

function sentenceOf({ reserves, liability, headroom }: ReserveFigures): string {
  return `Of ${reserves} in reserve, ${liability} are issued; there is room for ${headroom ?? 'an unknown amount'}.`
}
