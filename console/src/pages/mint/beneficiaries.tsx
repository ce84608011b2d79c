/** On a local chain: accounts that are always accepted, and some that are always refused, to try the flow with. */
import { card } from '../../session/session'
import { connected } from '../../wallet/wallet'

const demo = [
  { address: '0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd', name: "The guide's customer" },
  { address: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC', name: 'A customer' },
  { address: '0x976EA74026E726554dB657fA54763abd0C3a0aa9', name: 'Nobody registered this one' },
]

export function Beneficiaries({ onTake }: { onTake: (address: string) => void }) {
  const wallet = connected.value
  if (!card.value?.isLocal && wallet === undefined) return null
  return (
    <div class="quick">
      {wallet ? (
        <button type="button" class="button small" onClick={() => onTake(wallet.account)}>
          My wallet
        </button>
      ) : null}
      {card.value?.isLocal
        ? demo.map(({ address, name }) => (
            <button key={address} type="button" class="button small" onClick={() => onTake(address)}>
              {name}
            </button>
          ))
        : null}
    </div>
  )
}
