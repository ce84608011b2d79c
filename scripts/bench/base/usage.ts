/** What processes cost, from Linux' /proc: CPU seconds and resident memory of a program and all its descendants. */
import { readFileSync, readdirSync } from 'node:fs'

/** Ticks of /proc's times in a second: a constant of Linux' interface. */
const ticksPerSecond = 100
const kilobyte = 1024
const sampleMs = 200

interface Entry {
  pid: number
  parent: number
  /** CPU ticks of the process and of its children that have ended and were waited for. */
  ticks: number
}

/** A program and all its descendants; the program first. */
function tree(root: number): Entry[] {
  const entries = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? entryOf(Number(name)) : []))
  const found = entries.filter(({ pid }) => pid === root)
  for (const { pid } of found) found.push(...entries.filter(({ parent }) => parent === pid))
  return found
}

function entryOf(pid: number): Entry[] {
  const text = read(`/proc/${pid}/stat`)
  if (text === undefined) return []
  // The name, in parentheses, may hold spaces: count from behind it. Field 4 is the parent, 14 to 17 are the times.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return [{ pid, parent: Number(fields[1]), ticks }]
}

/** CPU seconds that a program and its descendants, living or ended, have used so far. */
export function cpuSeconds(root: number): number {
  return tree(root).reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond
}

/** CPU seconds that this process itself has used. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/**
 * Watches the whole machine until told to stop; answers with the share of its CPU time, from 0 to 1, that went to
 * anything but this benchmark.
 */
export function watchOthers(): () => number {
  const before = { ...machineTicks(), own: cpuSeconds(process.pid) }
  return () => {
    const after = machineTicks()
    const own = (cpuSeconds(process.pid) - before.own) * ticksPerSecond
    return Math.max(0, after.busy - before.busy - own) / (after.all - before.all)
  }
}

/** CPU ticks of all cores since the machine was started; what its host took away counts as busy. */
function machineTicks(): { busy: number; all: number } {
  // user, nice, system, idle, iowait, irq, softirq, steal
  const fields =
    /^cpu +([\d ]+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').slice(0, 8).map(Number) ?? []
  const all = fields.reduce((sum, field) => sum + field, 0)
  return { all, busy: all - (fields[3] ?? 0) - (fields[4] ?? 0) }
}

/** Resident megabytes: of the program itself, and of its largest descendant; and how many descendants there are. */
export interface Memory {
  own: number
  child: number
  children: number
}

function memoryOf(root: number, field: 'VmRSS' | 'VmHWM'): Memory {
  const [, ...children] = tree(root)
  const sizes = children.map(({ pid }) => megabytes(pid, field))
  return {
    own: megabytes(root, field),
    child: Math.max(0, ...sizes),
    children: sizes.filter((size) => size > 0).length,
  }
}

export function residentNow(root: number): Memory {
  return memoryOf(root, 'VmRSS')
}

/** Watches a program until told to stop; answers with the most that each of its processes ever held. */
export function watchPeak(root: number): () => Memory {
  let peak: Memory = { own: 0, child: 0, children: 0 }
  const look = () => {
    const now = memoryOf(root, 'VmHWM')
    peak = {
      own: Math.max(peak.own, now.own),
      child: Math.max(peak.child, now.child),
      children: Math.max(peak.children, now.children),
    }
  }
  const timer = setInterval(look, sampleMs)
  return () => {
    clearInterval(timer)
    look()
    return peak
  }
}

function megabytes(pid: number, field: string): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(`/proc/${pid}/status`) ?? '')
  return (Number(line?.[1] ?? 0) * kilobyte) / 1e6
}

/** Undefined when the process has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
