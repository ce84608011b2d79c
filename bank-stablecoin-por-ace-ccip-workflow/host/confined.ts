// `bun run host/confined.ts PROGRAM '{"list":[…],"read":[…]}'`: confines itself (Linux) and becomes Bun with PROGRAM.
// It may read what Bun needs and what is named, start nothing but Bun, and write nothing.
import { type Allowance, becomeProgram, restrictSelf } from './confine/landlock'

/** Libraries, certificates, and what a name server is found with. */
const SYSTEM = [
  ...['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/etc/ld.so.cache', '/etc/ssl', '/etc/pki', '/etc/ca-certificates'],
  ...['/usr/share/ca-certificates', '/usr/share/zoneinfo', '/etc/localtime', '/etc/resolv.conf', '/etc/hosts'],
  ...['/etc/nsswitch.conf', '/etc/host.conf', '/etc/gai.conf', '/dev/urandom', '/dev/random'],
]
/** What the engine asks about the machine and its own memory; `self` stays the same process when it becomes another program. */
const PROC = [
  '/proc/self/maps',
  '/proc/self/statm',
  '/proc/self/stat',
  '/proc/meminfo',
  '/proc/cpuinfo',
  '/sys/devices/system/cpu',
]

const [program = '', named = '{}'] = process.argv.slice(2)
const { list = [], read = [] } = JSON.parse(named) as Partial<Allowance>
const allowance: Allowance = {
  list,
  read: [...SYSTEM, ...PROC, ...read],
  write: ['/dev/null'],
  execute: [process.execPath, '/lib', '/lib64', '/usr/lib', '/usr/lib64'],
}
try {
  restrictSelf(allowance)
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  console.error(JSON.stringify({ level: 'warn', event: 'nodes.unconfined', reason }))
}
becomeProgram([process.execPath, 'run', program], process.env as Record<string, string>)
console.error(JSON.stringify({ level: 'error', event: 'nodes.failed', reason: 'Bun does not start' }))
process.exit(2)
