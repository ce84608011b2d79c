// Tells how often a cron schedule may fire.

const MINUTE_SECONDS = 60

/** The shortest time between two firings of a schedule, in milliseconds; a minute where its seconds name one only. */
export function fastestInterval(schedule: string): number {
  const fields = schedule
    .trim()
    .replace(/^(CRON_)?TZ=\S+\s+/, '')
    .split(/\s+/)
  if (fields.length < 6) return MINUTE_SECONDS * 1_000
  const seconds = secondsOf(fields[0] ?? '')
  const gaps = seconds.map((second, index) => (seconds[index + 1] ?? (seconds[0] ?? 0) + MINUTE_SECONDS) - second)
  return Math.min(MINUTE_SECONDS, ...gaps) * 1_000
}

/** The seconds that a field such as `0`, `*`, `10-20/5` or `0,30` names, in order. */
function secondsOf(field: string): number[] {
  const named = new Set<number>()
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/')
    const [from, to] = range === '*' || range === '?' ? [0, 59] : range.split('-').map(Number)
    const last = to ?? (part.includes('/') ? MINUTE_SECONDS - 1 : (from ?? 0))
    for (let second = from ?? 0; second <= last; second += Math.max(1, Number(step) || 1)) named.add(second)
  }
  return [...named].sort((a, b) => a - b)
}
