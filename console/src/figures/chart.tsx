/** Reserves and what is issued over time, as two step lines. Brings uPlot when it is first shown. */
import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import { grouped } from '../base/amount'
import type { HistoryPoint } from '../base/types'
import { now } from '../live/now'

const height = 240
const axisWidth = 92

interface ChartProps {
  /** Oldest first; each holds until the next, and the first from before the beginning on. */
  points: HistoryPoint[]
  from: string
  label: string
}

export function Chart({ points, from, label }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    let plot: uPlot | undefined
    let isGone = false
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    const draw = async () => {
      const { default: UPlot } = await import('uplot')
      if (isGone) return
      plot?.destroy()
      plot = new UPlot(optionsFor(UPlot, element), dataOf(points, from), element)
    }
    const resize = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height }))
    resize.observe(element)
    dark.addEventListener('change', draw)
    draw()
    return () => {
      isGone = true
      resize.disconnect()
      dark.removeEventListener('change', draw)
      plot?.destroy()
    }
  }, [points, from])
  return <div ref={box} class="chart" role="img" aria-label={label} />
}

/** The last figures hold until now. */
function dataOf(points: HistoryPoint[], from: string): uPlot.AlignedData {
  const begin = new Date(from).getTime()
  const last = points.at(-1)
  const all = last === undefined ? points : [...points, { ...last, at: new Date(now.peek()).toISOString() }]
  return [
    all.map(({ at }) => Math.max(begin, new Date(at).getTime()) / 1_000),
    all.map(({ reserves }) => (reserves === null ? null : Number(reserves))),
    all.map(({ liability }) => Number(liability)),
  ]
}

const [seconds, clock, day] = [
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }),
  new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' }),
]
const [minuteSeconds, daySeconds] = [60, 86_400]

/** Times of day, with seconds where less than a minute lies between two; days where the axis is longer than two. */
function timeLabels(_: uPlot, splits: number[]): string[] {
  const [first = 0, second = first, last = second] = [splits[0], splits[1], splits.at(-1)]
  const format = last - first > 1.5 * daySeconds ? day : second - first < minuteSeconds ? seconds : clock
  return splits.map((at) => format.format(new Date(at * 1_000)))
}

function optionsFor(UPlot: typeof uPlot, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const steps = UPlot.paths.stepped?.({ align: 1 })
  const series = (label: string, stroke: string): uPlot.Series => ({
    label,
    stroke,
    width: 2,
    points: { show: false },
    ...(steps === undefined ? {} : { paths: steps }),
  })
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${colour('--sans')}`,
  }
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, most) => [0, most === 0 ? 1 : most * 1.08] } },
    series: [{}, series('Reserves', colour('--good')), series('Issued', colour('--series-1'))],
    axes: [
      { ...axis, values: timeLabels },
      { ...axis, size: axisWidth, values: (_, values) => values.map((value) => grouped(String(value))) },
    ],
  }
}
