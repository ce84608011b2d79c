// Collects the nodes' signatures over a report.
import { create } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { SDK_PB } from '@chainlink/cre-sdk/pb'
import { type Hex, concat, hexToBytes, toHex } from 'viem'
import { CapabilityError, HostError, SigningRefused, messageOf } from '../base/errors'
import {
  HEADER_BYTES,
  type SignableReport,
  encodeContext,
  encodeHeader,
  isSignedBy,
  reportDigest,
  toForwarderSignature,
} from '../chain/report'
import type { Don } from '../don/don'
import type { WorkflowIdentity } from '../don/identity'
import type { NodeSeat } from '../don/ports'
import { type CapabilityCall, reply } from './call'

/** How long a node may take to sign, in milliseconds. */
const SIGNING_MILLIS = 5_000

/** Turns a payload that f+1 nodes sent into a report that exactly f+1 of them signed. */
export type ReportSigner = { sign: (call: CapabilityCall, request: SDK_PB.ReportRequest) => Promise<Any> }

/** Signs the reports of one execution. `now` is DON time in unix milliseconds; `beforeSigning` rejects when nobody may sign. */
export function createReportSigner(params: {
  don: Don
  identity: WorkflowIdentity
  executionId: Hex
  now: () => number
  beforeSigning: () => Promise<unknown>
}): ReportSigner {
  const { don } = params
  let seqNr = 0
  return {
    async sign(call, request) {
      assertEvmEncoding(request)
      call.quota.fit('reportBytes', request.encodedPayload.length + HEADER_BYTES)
      const round = don.observe<Hex, Any>(`${call.round}:Report`, {
        threshold: 2 * don.f + 1,
        async conclude(items) {
          const { payload, nodes } = commonPayload(don, items)
          const header = encodeHeader({
            ...params.identity,
            executionId: params.executionId,
            timestamp: Math.floor(params.now() / 1000),
            donId: don.donId,
            configVersion: don.configVersion,
            reportId: call.request.callbackId,
          })
          const rawReport = concat([header, payload])
          const context = encodeContext({ configDigest: don.configDigest, seqNr: ++seqNr })
          const digest = reportDigest({ rawReport, context })
          await params.beforeSigning()
          const began = performance.now()
          don.beginSigning()
          const signed = await collectSignatures({ don, nodes, digest, report: { rawReport, context } })
          don.evidence.took('sign', performance.now() - began)
          const signers = signed.map(({ node }) => node)
          don.evidence.signed({ digest, nodes: signers })
          don.journal({
            event: 'report.signed',
            round: call.round,
            signers,
            digest,
            bytes: rawReport.length / 2 - 1,
          })
          return reply(
            SDK_PB.ReportResponseSchema,
            create(SDK_PB.ReportResponseSchema, {
              configDigest: hexToBytes(don.configDigest),
              seqNr: BigInt(seqNr),
              reportContext: hexToBytes(context),
              rawReport: hexToBytes(rawReport),
              sigs: signed.map(({ node, signature }) => ({
                signature: hexToBytes(signature),
                signerId: don.seats.findIndex(({ name }) => name === node),
              })),
            }),
          )
        },
      })
      return round.submit(call.seat.name, toHex(request.encodedPayload))
    },
  }
}

function assertEvmEncoding(request: SDK_PB.ReportRequest): void {
  const { encoderName, signingAlgo, hashingAlgo } = request
  if (encoderName === 'evm' && signingAlgo === 'ecdsa' && hashingAlgo === 'keccak256') return
  throw new CapabilityError(
    'InvalidArgument',
    `reports are evm/ecdsa/keccak256 here, not ${encoderName}/${signingAlgo}/${hashingAlgo}`,
  )
}

function commonPayload(don: Don, items: Map<string, Hex>): { payload: Hex; nodes: string[] } {
  const groups = Map.groupBy(items, ([, payload]) => payload)
  const common = [...groups].filter(([, group]) => group.length >= don.f + 1)
  const [winner] = common
  if (common.length !== 1 || winner === undefined) {
    throw new CapabilityError('ConsensusFailed', `no single report payload was sent by ${don.f + 1} nodes`)
  }
  const nodes = winner[1].map(([node]) => node)
  for (const node of items.keys()) {
    if (!nodes.includes(node)) don.markFaulty(node, 'asked for a report that differs from the other nodes')
  }
  return { payload: winner[0], nodes }
}

/**
 * f+1 valid signatures, in the order of the seats. As many nodes are asked; for each that signs wrongly or not at all another one,
 * and so for each that is late. A node whose signature is not its own is faulty.
 */
async function collectSignatures(params: {
  don: Don
  nodes: string[]
  digest: Hex
  report: SignableReport
}): Promise<{ node: string; signature: Hex }[]> {
  const { don, digest } = params
  const needed = don.f + 1
  const seats = don.seats.filter(({ name }) => params.nodes.includes(name))
  const spare = [...seats]
  const open = new Set<string>()
  const valid = new Map<string, Hex>()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const askFor = (count: number): void => {
    for (const seat of spare.splice(0, count)) {
      open.add(seat.name)
      void ask(seat)
    }
  }
  const ask = async ({ name, address, ports }: NodeSeat): Promise<void> => {
    try {
      const signature = toForwarderSignature(await ports.sign(params.report))
      if (await isSignedBy({ digest, signature, signer: address })) valid.set(name, signature)
      else don.markFaulty(name, 'signed the report with a wrong signature')
    } catch (error) {
      if (error instanceof SigningRefused) don.fail(refusedReport(error))
      don.markFaulty(name, 'did not sign the report')
    }
    open.delete(name)
    if (valid.size >= needed) return resolve()
    if (!valid.has(name)) askFor(1)
    if (open.size === 0) {
      reject(new CapabilityError('ConsensusFailed', `fewer than ${needed} nodes signed the report`, 'System'))
    }
  }
  const grace = setTimeout(() => {
    don.markLate([...open])
    askFor(open.size)
  }, don.timeouts.graceMillis)
  const timer = setTimeout(
    () =>
      reject(new CapabilityError('DeadlineExceeded', `fewer than ${needed} nodes signed the report in time`, 'System')),
    SIGNING_MILLIS,
  )
  askFor(needed)
  await promise.finally(() => {
    clearTimeout(grace)
    clearTimeout(timer)
  })
  return seats
    .flatMap(({ name }) => {
      const signature = valid.get(name)
      return signature === undefined ? [] : [{ node: name, signature }]
    })
    .slice(0, needed)
}

/** A report that no node will ever sign in this run. */
function refusedReport(error: SigningRefused): HostError {
  return new HostError('HOST_ERROR', `the signer refuses the report: ${messageOf(error)}`)
}
