/** The Markdown that goes into its page. */
import { median } from '../base/figures'
import { calibrationOf, provenanceOf } from '../base/machine'
import { type Mining, minings, mintsOf, systemIds, systemNames, warmUps } from '../base/settings'
import { type Results, type Row, type Series, headline, rowsOf } from './summary'

export function tablesOf(results: Results): string {
  const rows = rowsOf(results.series)
  return [
    provenance(rows, results),
    ...minings.map((mining) => `**${capital(mining)}**\n\n${loadTable(rows.filter((row) => row.mining === mining))}`),
    `**Against the floor and the guide's design**\n\n${ratioTable(rows)}`,
    `**Memory** (resident MB)\n\n${memoryTable(results.series)}`,
  ].join('\n\n')
}

function provenance(rows: Row[], { machine, othersShare }: Results): string {
  const repetitions = Math.max(...rows.map((row) => row.repetitions))
  const medians =
    repetitions === 1 ? 'Each figure was measured once' : `Medians of ${repetitions} repetitions (* = measured once)`
  const missing = systemIds.filter((id) => !rows.some((row) => row.id === id)).map((id) => systemNames[id])
  const lines = [
    provenanceOf(machine, othersShare),
    `${calibrationOf(machine)} Before the first figures of each system: ${warmUpsOf(rows)}.`,
    `Closed loop: so many callers in flight, each sends its next mint when its last one is settled.`,
    `${medians}. Blocks have room for everything but where their gas is named.`,
    ...(missing.length > 0 ? [`Not measured in this run: ${missing.join('; ')}.`] : []),
  ]
  return lines.join('\n')
}

/** What each system did before its first figures. */
function warmUpsOf(rows: Row[]): string {
  const measured = systemIds.filter((id) => rows.some((row) => row.id === id))
  return measured.map((id) => `${mintsOf(warmUps[id])} mints (${systemNames[id]})`).join(', ')
}

function loadTable(rows: Row[]): string {
  const head = [
    'system',
    'in flight',
    'mints',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'mints/s',
    'CPU ms/mint',
    "chain's CPU ms/mint",
    'gas/mint',
    'mints/tx',
  ]
  const most = Math.max(...rows.map((row) => row.repetitions))
  const body = rows.map((row) => [
    systemNames[row.id],
    String(row.shape.inFlight),
    `${mintsOf(row.shape)}${row.repetitions < most ? '*' : ''}`,
    short(row.p50Ms),
    short(row.p95Ms),
    short(row.p99Ms),
    short(row.mintsPerSecond),
    short(row.cpuMsPerMint),
    short(row.chainCpuMsPerMint),
    grouped(row.gasPerMint),
    short(row.mintsPerTransaction),
  ])
  return table(head, body)
}

function ratioTable(rows: Row[]): string {
  const head = [
    'system',
    ...minings.flatMap((mining) => [
      `${mining}: time of one mint ÷ floor`,
      'most mints/s ÷ floor',
      '÷ guide',
      '÷ by hand',
    ]),
  ]
  const body = systemIds
    .filter((id) => rows.some((row) => row.id === id))
    .map((id) => [systemNames[id], ...minings.flatMap((mining) => ratios(rows, mining, id))])
  return table(head, body)
}

function ratios(rows: Row[], mining: Mining, id: Row['id']): string[] {
  const [own, floor, guide, hand] = [
    headline(rows, mining, id),
    headline(rows, mining, 'floor'),
    headline(rows, mining, 'guide'),
    headline(rows, mining, 'hand'),
  ]
  return [
    ratio(own.aloneMs, floor.aloneMs),
    ratio(own.mostPerSecond, floor.mostPerSecond),
    ratio(own.mostPerSecond, guide.mostPerSecond),
    ratio(own.mostPerSecond, hand.mostPerSecond),
  ]
}

function ratio(value: number | undefined, of: number | undefined): string {
  return value === undefined || of === undefined ? '–' : `${short(value / of)}×`
}

function memoryTable(series: Series[]): string {
  const head = [
    'system',
    'server idle',
    'server peak',
    'workflow processes',
    'largest of them idle',
    'largest of them peak',
    'Anvil peak',
  ]
  const body = systemIds.flatMap((id) => {
    const runs = series.filter((one) => one.id === id).flatMap((one) => one.runs)
    if (runs.length === 0) return []
    const chain = short(Math.max(...runs.map(({ chainPeakMb }) => chainPeakMb)))
    const memory = runs.flatMap((run) => (run.memory === undefined ? [] : [run.memory]))
    if (memory.length === 0) return [[systemNames[id], '–', '–', '–', '–', '–', chain]]
    const idle = (part: 'own' | 'child') => short(median(memory.map((one) => one.idle[part])))
    const peak = (part: 'own' | 'child') => short(Math.max(...memory.map((one) => one.peak[part])))
    const children = Math.max(...memory.map((one) => one.peak.children))
    return [[systemNames[id], idle('own'), peak('own'), String(children), idle('child'), peak('child'), chain]]
  })
  return table(head, body)
}

export function table(head: string[], body: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`, ...body.map(line)].join(
    '\n',
  )
}

/** Three digits, as many as the figures are good for. */
export function short(value: number): string {
  if (value === 0) return '0'
  return value >= 99.95 ? grouped(value) : value.toPrecision(value >= 0.1 ? 3 : 2)
}

export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
