/** Times as people read them. The gateway's are RFC 3339 in UTC; the console shows the reader's own zone. */

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })

/** The time of day, with the date in front unless that is today. */
export function shortTime(at: string): string {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date().toDateString()
  return isToday ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`
}

export function longTime(at: string): string {
  return full.format(new Date(at))
}

/** `4 s`, `12 min`, `3 h`, `5 d`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  if (s < 120) return `${s} s`
  if (s < 7_200) return `${Math.round(s / 60)} min`
  if (s < 172_800) return `${Math.round(s / 3_600)} h`
  return `${Math.round(s / 86_400)} d`
}

/** Seconds since a time. */
export function ageOf(at: string): number {
  return (Date.now() - new Date(at).getTime()) / 1_000
}

/** What a step of milliseconds took: `12 ms`, `1.4 s`. */
export function milliseconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
