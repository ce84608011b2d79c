/** What a basket's breaker says, in words. */
import type { Breaker } from '../base/types'
import type { Tone } from '../ui/status'

export const breakerWords: Record<Breaker['state'], { tone: Tone; word: string; means: string }> = {
  closed: { tone: 'good', word: 'Open for minting', means: 'The breaker is closed: mints go through.' },
  'half-open': {
    tone: 'warn',
    word: 'One mint may try',
    means: 'The breaker is half-open: the fate of one mint decides.',
  },
  open: { tone: 'bad', word: 'Stopped', means: 'The breaker is open: new mints are refused, accepted ones wait.' },
}

interface Ending {
  title: string
  ends: string
}

const byProbe = 'By a better figure of the reserves, or after a pause: then one mint tries.'
const byOperator = 'An operator looks into it and resumes minting on the reserves page.'

/** Each reason that opens a breaker, and how it ends. */
const endings: Record<string, Ending> = {
  UNDERCOLLATERALISED: { title: 'The reserves are worth less than what is issued', ends: byProbe },
  PROOF_STALE: { title: 'The proof of the reserves on chain is too old', ends: byProbe },
  SOURCE_DISTRUSTED: { title: 'The reserve source proved nothing several times in a row', ends: byProbe },
  PROBE_FAILED: { title: 'The mint that tried was refused because of the reserves', ends: byProbe },
  GAS_WASTED: {
    title: 'Deliveries that minted nothing have used up their gas',
    ends: 'After half an hour, with one mint that tries; or an operator resumes it on the reserves page.',
  },
  UNEXPECTED_SUPPLY: { title: 'Tokens were created without the minting contract', ends: byOperator },
  FOREIGN_MINT: { title: 'The contract minted what no request here explains', ends: byOperator },
  ROLES_CHANGED: { title: 'A role or an owner of a contract changed', ends: byOperator },
  POLICIES_CHANGED: { title: 'The rules of the basket changed on chain', ends: byOperator },
  FORWARDER_CHANGED: { title: "The forwarder's signers or owner changed", ends: byOperator },
  CHAIN_PAUSE: {
    title: 'Minting is paused on chain',
    ends: "By itself, once the basket's admin lifts the pause on chain; the compliance page has the call.",
  },
  OPERATOR_PAUSE: { title: 'An operator paused minting here', ends: 'An operator resumes it on the reserves page.' },
}

export function endingOf(reason: string): Ending {
  return endings[reason] ?? { title: reason, ends: byOperator }
}
