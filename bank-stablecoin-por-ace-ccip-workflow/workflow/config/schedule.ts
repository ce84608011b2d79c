// Counts how often a schedule has fired, so that each firing has a turn of its own.

const DAY_SECONDS = 86_400
/** How many values each of the three first fields has. */
const SIZES = [60, 60, 24] as const

/** What a field may be made of: `*`, `7`, `10-20`, each with a step such as `/5`. */
const PART = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/([1-9]\d?))?$/

/** The seconds of a day at which a schedule fires, by UTC, in order. */
export type Schedule = number[]

/**
 * The firing times of a cron schedule with seconds that is the same every day; undefined for any other. Days are none of it, so
 * that firings can be counted from the clock alone.
 */
export function parseSchedule(text: string): Schedule | undefined {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== SIZES.length + 3 || fields.slice(SIZES.length).some((day) => !/^[*?]$/.test(day)))
    return undefined
  const [seconds, minutes, hours] = SIZES.map((size, at) => valuesOf(fields[at] ?? '', size))
  if (seconds === undefined || minutes === undefined || hours === undefined) return undefined
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => (hour * 60 + minute) * 60 + second)),
  )
}

/** How many firings lie before the last one up to this second, counted from 1970. */
export function turnAt(schedule: Schedule, unixSeconds: number): number {
  const day = Math.floor(unixSeconds / DAY_SECONDS)
  const fired = schedule.filter((second) => second <= unixSeconds - day * DAY_SECONDS).length
  return day * schedule.length + fired - 1
}

/** The values that a field names, in order; undefined when it names none, or one that there is not. */
function valuesOf(field: string, size: number): number[] | undefined {
  const named = new Set<number>()
  for (const part of field.split(',')) {
    const [, every, first, last, step] = PART.exec(part) ?? []
    if (every === undefined && first === undefined) return undefined
    const from = Number(first ?? 0)
    const to = every !== undefined || (last === undefined && step !== undefined) ? size - 1 : Number(last ?? first)
    if (from > to || to >= size) return undefined
    for (let value = from; value <= to; value += Number(step ?? 1)) named.add(value)
  }
  return [...named].sort((a, b) => a - b)
}
