// Serves the consensus capability: common values and signed reports.
import { create } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { SDK_PB, VALUES_PB } from '@chainlink/cre-sdk/pb'
import { MODE_DON } from '../base/mode'
import { toPlain } from '../base/values'
import { type Contribution, concludeSimple } from '../consensus/simple'
import type { Don } from '../don/don'
import { type Capability, type CapabilityCall, payloadOf, reply, requireMode, unknownMethod } from './call'
import { CONSENSUS } from './ids'
import type { ReportSigner } from './report-signer'

/** The DON's consensus: common values (Simple) and signed reports (Report). */
export function consensus(params: { don: Don; signer: ReportSigner }): Capability {
  const { don, signer } = params
  return {
    serves: (id) => id === CONSENSUS,
    async call(call) {
      requireMode(call, MODE_DON)
      call.quota.take('consensusCalls')
      if (call.request.method === 'Simple') return simple(don, call)
      if (call.request.method === 'Report') return signer.sign(call, payloadOf(call, SDK_PB.ReportRequestSchema))
      return unknownMethod(call)
    },
  }
}

async function simple(don: Don, call: CapabilityCall): Promise<Any> {
  const inputs = payloadOf(call, SDK_PB.SimpleConsensusInputsSchema)
  call.quota.fit('observationBytes', call.request.payload?.value.length ?? 0)
  const { observation } = inputs
  const level = observation.case === 'error' ? 'warn' : 'info'
  const observed: { value?: unknown; error?: string } =
    observation.case === 'value' ? { value: toPlain(observation.value) } : { error: observation.value ?? '' }
  don.journal({ event: 'consensus.observation', level, node: call.seat.name, round: call.round, ...observed })
  don.evidence.observed(call.seat.name, call.round, observed.value)
  const round = don.observe<SDK_PB.SimpleConsensusInputs, Any>(`${call.round}:Simple`, {
    threshold: 2 * don.f + 1,
    async conclude(items) {
      const contributions = don.seats.flatMap(({ name }): Contribution[] => {
        const item = items.get(name)
        return item === undefined ? [] : [{ node: name, inputs: item }]
      })
      const outcome = concludeSimple({ contributions, f: don.f })
      for (const node of outcome.dropped)
        don.journal({ event: 'consensus.dropped', level: 'warn', node, round: call.round })
      const value = toPlain(outcome.value)
      don.evidence.concluded(call.round, value)
      don.journal({
        event: 'consensus.value',
        round: call.round,
        value,
        of: contributions.map(({ node }) => node),
      })
      return reply(VALUES_PB.ValueSchema, create(VALUES_PB.ValueSchema, outcome.value))
    },
  })
  return round.submit(call.seat.name, inputs)
}
