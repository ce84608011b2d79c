// Defines the messages between a node's guest and the host.
import type { GuestCode } from './code'

/**
 * What crosses between a node's guest (a Worker) and the host.
 *
 * The guest is synchronous: it posts a message and sleeps on `control[SIGNAL]` until the host has written the answer
 * into the shared buffer. Messages marked "no answer" do not wait.
 */
export type GuestMessage =
  /** no answer: the program is ready for the next run; why it had to be evaluated afresh, where it was */
  | { op: 'ready'; afresh?: string }
  /** no answer: what the last run did to the guest cannot be undone */
  | { op: 'spoiled'; reason: string }
  | { op: 'call'; bytes: Uint8Array }
  /** no answer: as `call`, of a capability that there is */
  | { op: 'begin'; bytes: Uint8Array }
  | { op: 'await'; bytes: Uint8Array; maxBytes: number }
  | { op: 'secrets'; bytes: Uint8Array }
  | { op: 'awaitSecrets'; bytes: Uint8Array; maxBytes: number }
  | { op: 'now' }
  | { op: 'seed'; mode: number }
  /** no answer */
  | { op: 'mode'; mode: number }
  /** no answer */
  | { op: 'log'; text: string }
  /** no answer */
  | { op: 'console'; text: string }
  /** no answer: a serialized ExecutionResult */
  | { op: 'respond'; bytes: Uint8Array }
  /** no answer: main() is over; `error` when it threw */
  | { op: 'finished'; error?: string }

/** Messages that a guest sends together. */
export type GuestMessages = { message: GuestMessage; earlier: GuestMessages | undefined }

/** What the host sends: shared memory and program once, then one request per phase, and `renew` after each run. */
export type HostMessage =
  | {
      op: 'load'
      control: SharedArrayBuffer
      data: SharedArrayBuffer
      program: GuestProgram
      /** Those that there are, by id. */
      capabilities: string[]
    }
  | { op: 'execute'; request: Uint8Array }
  | { op: 'renew' }

/** What a guest runs: the bundled workflow, `single` where there is one run only; or its QuickJS program. */
export type GuestProgram = { engine: 'bun'; code: GuestCode; single?: boolean } | QuickJsProgram

/** The workflow for the DON's engine. */
export type QuickJsProgram = {
  engine: 'quickjs'
  /** The engine, compiled once for all nodes. */
  plugin: WebAssembly.Module
  /** The whole workflow, for phases that start from nothing. */
  bytecode: Uint8Array
  /** The engine once it has evaluated the workflow; none of a workflow that asks its host meanwhile. */
  image?: { memory: Uint8Array; stackPointer: number; start: { pointer: number; length: number } }
}

/** Indexes into the control array. */
export const SIGNAL = 0
export const STATUS = 1
export const LENGTH = 2
export const CONTROL_WORDS = 4

/** Largest answer to a guest, in bytes: the SDK's default response size and room for the envelope. */
export const MAX_RESPONSE_BYTES = 5 * 1024 * 1024
export const DATA_BYTES = MAX_RESPONSE_BYTES + 64 * 1024
