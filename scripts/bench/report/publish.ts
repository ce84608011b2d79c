/** Keeps results: always under target/bench, and in the repository when asked to. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../lib/paths'
import { benchDir } from '../base/settings'
import { chartOf } from './chart'
import { type Results, rowsOf } from './summary'
import { tablesOf } from './tables'

/** The page that shows the figures. */
const page = join(root, 'docs/benchmarks.md')

/** Writes results.json, results.md and results.svg; answers with the tables. */
export function keep(results: Results): string {
  const tables = tablesOf(results)
  writeFileSync(join(benchDir, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(benchDir, 'results.md'), `${tables}\n`)
  writeFileSync(join(benchDir, 'results.svg'), chartOf(rowsOf(results.series)))
  return tables
}

/** Puts a text between the markers of that name. */
export function publish(
  name: 'bench' | 'bench history' | 'bench http' | 'bench rpc' | 'bench start',
  text: string,
): void {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const whole = readFileSync(page, 'utf8')
  const [from, to] = [whole.indexOf(begin) + begin.length, whole.indexOf(end)]
  if (from < begin.length || to < from) throw new Error(`${page} lacks the markers ${begin.trim()} … ${end}`)
  writeFileSync(page, `${whole.slice(0, from)}${text}\n${whole.slice(to)}`)
}

/** Puts the chart where its page shows it from. */
export function publishChart(): void {
  copyFileSync(join(benchDir, 'results.svg'), join(root, 'scripts/bench/results.svg'))
}
