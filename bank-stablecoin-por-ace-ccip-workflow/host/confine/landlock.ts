// Confines this thread, and every program that it starts from now on, with Linux's Landlock; needs no privileges.
import { dlopen, ptr } from 'bun:ffi'

/** Paths with all that lies below them; what is missing is left out. */
export type Allowance = {
  /** Folders that may be listed. */
  list: string[]
  read: string[]
  /** May be read and written. */
  write: string[]
  /** May be read and started. */
  execute: string[]
}

const PR_SET_NO_NEW_PRIVS = 38n
const LANDLOCK_CREATE_RULESET = 444n
const LANDLOCK_ADD_RULE = 445n
const LANDLOCK_RESTRICT_SELF = 446n
const RULE_PATH_BENEATH = 1n
const CREATE_RULESET_VERSION = 1n
const O_PATH_CLOEXEC = 0o2000000 | 0o10000000

const EXECUTE = 1n << 0n
const WRITE_FILE = 1n << 1n
const READ_FILE = 1n << 2n
const READ_DIR = 1n << 3n
const TRUNCATE = 1n << 14n
/** The rights of a file that is no directory. */
const OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
/** All rights to files that each version of Landlock knows, by its number. */
const FILE_RIGHTS = [0n, 0x1fffn, 0x3fffn, 0x7fffn, 0x7fffn, 0xffffn]
/** To open a port for others; nobody is allowed to. */
const BIND_TCP = 1n << 0n
/** Abstract Unix sockets and processes outside are out of reach. */
const SCOPES = 0b11n

const libc = () =>
  dlopen('libc.so.6', {
    syscall: { args: ['i64', 'u64', 'u64', 'u64', 'u64'], returns: 'i64' },
    prctl: { args: ['i64', 'u64', 'u64', 'u64', 'u64'], returns: 'i32' },
    open: { args: ['ptr', 'i32', 'i32'], returns: 'i32' },
    close: { args: ['i32'], returns: 'i32' },
    execve: { args: ['ptr', 'ptr', 'ptr'], returns: 'i32' },
  }).symbols

/** Allows nothing but `allowance`; throws where Linux has no Landlock. */
export function restrictSelf({ list, read, write, execute }: Allowance): void {
  const { syscall, prctl, close } = libc()
  const version = Number(syscall(LANDLOCK_CREATE_RULESET, 0n, 0n, CREATE_RULESET_VERSION, 0n))
  if (version < 1) throw new Error('this kernel has no Landlock')
  const handled = FILE_RIGHTS[Math.min(version, FILE_RIGHTS.length - 1)] ?? 0n
  const attributes = new BigUint64Array([handled, version >= 4 ? BIND_TCP : 0n, version >= 6 ? SCOPES : 0n])
  const bytes = version >= 6 ? 24n : version >= 4 ? 16n : 8n
  const ruleset = syscall(LANDLOCK_CREATE_RULESET, BigInt(ptr(attributes)), bytes, 0n, 0n)
  if (ruleset < 0n) throw new Error('Landlock takes no rules')
  const reading = READ_FILE | READ_DIR
  for (const path of list) allowBeneath(ruleset, path, handled & READ_DIR)
  for (const path of read) allowBeneath(ruleset, path, handled & reading)
  for (const path of write) allowBeneath(ruleset, path, handled & (reading | WRITE_FILE | TRUNCATE))
  for (const path of execute) allowBeneath(ruleset, path, handled & (reading | EXECUTE))
  if (prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) !== 0) throw new Error('privileges cannot be given up')
  if (syscall(LANDLOCK_RESTRICT_SELF, BigInt(ruleset), 0n, 0n, 0n) !== 0n) throw new Error('Landlock does not restrict')
  close(Number(ruleset))
}

function allowBeneath(ruleset: bigint, path: string, rights: bigint): void {
  const { syscall, open, close } = libc()
  const descriptor = open(ptr(text(path)), O_PATH_CLOEXEC, 0)
  if (descriptor < 0) return
  const add = (allowed: bigint): bigint => {
    // struct landlock_path_beneath_attr is packed.
    const rule = Buffer.alloc(12)
    rule.writeBigUInt64LE(allowed, 0)
    rule.writeInt32LE(descriptor, 8)
    return BigInt(syscall(LANDLOCK_ADD_RULE, BigInt(ruleset), RULE_PATH_BENEATH, BigInt(ptr(rule)), 0n))
  }
  // A file has no rights of a directory.
  if (add(rights) !== 0n) add(rights & OF_FILES)
  close(descriptor)
}

/** Becomes another program; returns only when that fails. */
export function becomeProgram(args: string[], environment: Record<string, string>): void {
  const { execve } = libc()
  const texts = args.map(text)
  const variables = Object.entries(environment).map(([name, value]) => text(`${name}=${value}`))
  const [program] = texts
  if (program === undefined) return
  execve(ptr(program), ptr(pointers(texts)), ptr(pointers(variables)))
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

function pointers(texts: Buffer[]): BigUint64Array {
  return new BigUint64Array([...texts.map((bytes) => BigInt(ptr(bytes))), 0n])
}
