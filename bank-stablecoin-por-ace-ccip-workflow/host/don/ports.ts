// Defines what a node reaches the outside with, and the seat that it has in the DON.
import type { Address, Hex } from 'viem'
import type { SignableReport } from '../chain/report'
import type { Rpc } from '../chain/rpc'
import type { UnsignedCall } from '../chain/transaction'

/** Who has the keys: the signer itself, or the way to its process. What it does not sign rejects with SigningRefused. */
export type Signatory = {
  /** A node's signature (r ‖ s ‖ v) over a report's digest. */
  signReport: (node: string, report: SignableReport) => Promise<Hex>
  /** A call as a transaction that the transmitter at `slot` has signed. */
  signTransaction: (slot: number, call: UnsignedCall) => Promise<Hex>
}

/** What a node's capabilities reach outside with. Each node has its own, so that each can fail on its own. */
export type NodePorts = {
  /** The node's HTTP client. */
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** The node's endpoint of the chain. */
  rpc: Rpc
  /** The node's clock, unix milliseconds. */
  clock: () => number
  /** The node's signature (r ‖ s ‖ v) over the report's digest; rejects with SigningRefused when the signer does not sign it. */
  sign: (report: SignableReport) => Promise<Hex>
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

/** A seat in the DON: public identity and ports. The private key is with the signer. */
export type NodeSeat = { name: string; address: Address; ports: NodePorts }

/** The ordinary ports of a node. */
export function createNodePorts({ rpc, sign }: Pick<NodePorts, 'rpc' | 'sign'>): NodePorts {
  return { fetch: (url, init) => fetch(url, init), rpc, clock: () => Date.now(), sign }
}
