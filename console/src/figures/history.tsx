/** Reserves and what is issued, over a time that the reader chooses. */

import { useState } from 'preact/hooks'
import { grouped } from '../base/amount'
import { ask, query } from '../base/gateway'
import type { History as HistoryAnswer } from '../base/types'
import { useLoad } from '../live/use-load'
import { Card } from '../ui/page'
import { Loaded } from '../ui/states'
import { TableBox } from '../ui/table-box'
import { Amount, Time } from '../ui/text'
import { Chart } from './chart'

const hour = 3_600_000
const spans = [
  ['1 hour', hour],
  ['1 day', 24 * hour],
  ['7 days', 7 * 24 * hour],
  ['90 days', 90 * 24 * hour],
] as const
const pointsMost = 200
const everyMs = 30_000
const rowsShown = 20

export function History({ stablecoin, unit }: { stablecoin: string; unit: string | undefined }) {
  const [span, setSpan] = useState<number>(hour)
  const from = useLoad(
    `history ${stablecoin} ${span}`,
    (signal) => {
      const to = Date.now()
      const range = {
        from: new Date(to - span).toISOString(),
        to: new Date(to).toISOString(),
        points: String(pointsMost),
      }
      return ask<HistoryAnswer>(`/reserves/${stablecoin}/history${query(range)}`, { signal })
    },
    { everyMs, when: ({ kind }) => kind === 'mint.minted' || kind === 'reserve.attested' },
  )
  return (
    <Card
      title="Over time"
      id="history"
      end={
        <select
          aria-label="How far back"
          value={String(span)}
          onChange={(event) => setSpan(Number(event.currentTarget.value))}
        >
          {spans.map(([name, ms]) => (
            <option key={name} value={String(ms)}>
              {name}
            </option>
          ))}
        </select>
      }
    >
      <div class="history">
        <Loaded from={from} rows={6}>
          {(answer) => <Drawn answer={answer} unit={unit} />}
        </Loaded>
      </div>
    </Card>
  )
}

function Drawn({ answer: { points, from }, unit }: { answer: HistoryAnswer; unit: string | undefined }) {
  const last = points.at(-1)
  if (last === undefined) return <p class="muted">Nothing was proven in this time.</p>
  const label = `Reserves ${grouped(last.reserves ?? '0')} against ${grouped(last.liability)} issued; the table below has the figures.`
  return (
    <>
      <ul class="legend">
        <li class="reserves">Reserves</li>
        <li class="liability">Issued</li>
      </ul>
      <Chart points={points} from={from} label={label} />
      <details>
        <summary>The same as a table</summary>
        <TableBox name="Reserves and issued tokens over time" kind="inner">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col" class="number">
                Reserves
              </th>
              <th scope="col" class="number">
                Issued
              </th>
            </tr>
          </thead>
          <tbody>
            {points
              .slice(-rowsShown)
              .reverse()
              .map(({ at, reserves, liability }) => (
                <tr key={at}>
                  <td>
                    <Time at={at} />
                  </td>
                  <td class="number">{reserves === null ? '–' : <Amount of={reserves} unit={unit} />}</td>
                  <td class="number">
                    <Amount of={liability} unit={unit} />
                  </td>
                </tr>
              ))}
          </tbody>
        </TableBox>
      </details>
    </>
  )
}
