/** The call that does the same on chain, where every gateway obeys it; only the basket's admin can send it. */
import type { ChainCall } from '../../base/types'
import { CallCard } from '../../officer/call-card'

export function OnChain({ call, act }: { call: ChainCall; act: 'pause' | 'resume' }) {
  return (
    <>
      <p class="muted">
        This concerns this gateway alone. On chain, the basket's admin {act === 'pause' ? 'stops' : 'restarts'} minting
        for everybody:
      </p>
      <CallCard
        call={{
          what: `${act} minting of the basket on chain`,
          to: call.to,
          data: call.data,
          signer: call.signer,
          needsPrevious: false,
        }}
      />
    </>
  )
}
