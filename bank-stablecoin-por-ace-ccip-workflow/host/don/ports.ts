// Defines what a node reaches the outside with, and the seat that it has in the DON.
import type { Address, Hex } from 'viem'
import { privateKeyToAccount, sign } from 'viem/accounts'
import type { Rpc } from '../chain/rpc'

/** What a node's capabilities reach outside with. Each node has its own, so that each can fail on its own. */
export type NodePorts = {
  /** The node's HTTP client. */
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** The node's endpoint of the chain. */
  rpc: Rpc
  /** The node's clock, unix milliseconds. */
  clock: () => number
  /** The node's report signature over a digest (r ‖ s ‖ v). */
  sign: (digest: Hex) => Promise<Hex>
  /** Called for every call and result of the node's guest before the DON sees it; fault tests put themselves here. */
  intercept?: (message: GuestOutput) => Interception | Promise<Interception>
}

/** What the guest sends, as an interceptor sees it: a capability call, or the serialized result of a phase. */
export type GuestOutput =
  | { kind: 'call'; callbackId: number; capability: string; method: string; bytes: Uint8Array }
  | { kind: 'result'; phase: string; bytes: Uint8Array }

/** What becomes of an intercepted message: unchanged, replaced, sent twice (calls only), or the node crashes. */
export type Interception =
  | { action: 'pass' }
  | { action: 'replace'; bytes: Uint8Array }
  | { action: 'duplicate' }
  | { action: 'crash' }

/** A seat in the DON: public identity and ports. The private key stays inside `sign`. */
export type NodeSeat = { name: string; address: Address; ports: NodePorts }

/** The ordinary ports of a node. */
export function createNodePorts({ privateKey, rpc }: { privateKey: Hex; rpc: Rpc }): NodePorts {
  return {
    fetch: (url, init) => fetch(url, init),
    rpc,
    clock: () => Date.now(),
    sign: (digest) => sign({ hash: digest, privateKey, to: 'hex' }),
  }
}

/** Address of a private key. */
export function addressOf(privateKey: Hex): Address {
  return privateKeyToAccount(privateKey).address
}
