/** The chart: horizontal bars on a logarithmic scale, in colours that are readable on light and on dark pages. */
import { type Mining, minings, systemIds, systemNames } from '../base/settings'
import { type Headline, type Row, headline } from './summary'
import { short } from './tables'

const width = 820
const left = 220
const right = 70
const barHeight = 13
const groupHeight = minings.length * barHeight + 12
const headHeight = 46
const colors: Record<Mining, string> = {
  automine: '#3b82c4',
  'one-second blocks': '#d08a2e',
  'one-second blocks of 30 M gas': '#4e9a51',
}
const ink = '#808790'

interface Panel {
  title: string
  unit: string
  figure: keyof Headline
}

const panels: Panel[] = [
  { title: 'Settled mints a second, under the load that suits each best', unit: '/s', figure: 'mostPerSecond' },
  { title: 'Median time of one mint that has the system to itself', unit: ' ms', figure: 'aloneMs' },
]

export function chartOf(rows: Row[]): string {
  const ids = systemIds.filter((id) => rows.some((row) => row.id === id))
  const panelHeight = headHeight + ids.length * groupHeight + 30
  const height = 30 + panels.length * panelHeight
  const parts = panels.map((panel, index) => drawPanel(rows, ids, panel, 30 + index * panelHeight))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}" role="img" aria-label="Mints a second and time of one mint, by system">
${legend()}
${parts.join('\n')}
</svg>
`
}

function legend(): string {
  return minings
    .map((mining, index) => {
      const x = left + index * 160
      return `<rect x="${x}" y="10" width="12" height="12" fill="${colors[mining]}"/><text x="${x + 18}" y="20">${mining}</text>`
    })
    .join('\n')
}

function drawPanel(rows: Row[], ids: Row['id'][], { title, unit, figure }: Panel, top: number): string {
  const bars = ids.flatMap((id, group) =>
    minings.flatMap((mining, place) => {
      const value = headline(rows, mining, id)[figure]
      const y = top + headHeight + group * groupHeight + place * barHeight
      return value === undefined ? [] : [{ value, y, color: colors[mining] }]
    }),
  )
  const values = bars.map(({ value }) => value)
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  const xOf = (value: number) => left + ((Math.log10(value) - low) / (high - low)) * (width - left - right)
  const bottom = top + headHeight + ids.length * groupHeight
  const decades = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
  return [
    `<text x="${left}" y="${top + 18}" font-size="14" font-weight="600">${title}</text>`,
    ...decades.map((decade) => gridLine(xOf(decade), top + headHeight - 6, bottom, decade)),
    ...ids.map((id, group) => label(systemNames[id], top + headHeight + group * groupHeight + barHeight + 4)),
    ...bars.map(({ value, y, color }) => bar(xOf(value), y, color, `${short(value)}${unit}`)),
  ].join('\n')
}

function gridLine(x: number, top: number, bottom: number, decade: number): string {
  const at = x.toFixed(1)
  return `<line x1="${at}" x2="${at}" y1="${top}" y2="${bottom}" stroke="${ink}" stroke-opacity="0.3"/><text x="${at}" y="${top - 4}" text-anchor="middle" font-size="10">${decade}</text>`
}

function label(text: string, y: number): string {
  return `<text x="${left - 10}" y="${y}" text-anchor="end">${text}</text>`
}

/** Never shorter than a pixel: a value at the scale's foot would have no bar at all. */
function bar(end: number, y: number, color: string, text: string): string {
  const length = Math.max(1, end - left).toFixed(1)
  return `<rect x="${left}" y="${y}" width="${length}" height="${barHeight - 2}" fill="${color}"/><text x="${(end + 6).toFixed(1)}" y="${y + barHeight - 3}" font-size="11">${text}</text>`
}
