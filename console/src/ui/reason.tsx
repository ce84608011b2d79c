/** Why something was refused or failed, and what to do next. */
import { gatewayUrl } from '../base/place'

/** What to do about each code, in a sentence; the page behind "More" is the gateway's own. */
const advice: Record<string, string> = {
  ACE_REJECTED:
    'A compliance rule refuses this beneficiary or amount. The compliance page says which one, and who can change it.',
  INVALID_ORDER: 'The contracts take no such order. Correct the beneficiary or the amount.',
  MINT_CAP_EXCEEDED:
    "The basket's cap for the present window is used up. Wait for the next one, or have the timelock raise it.",
  AMOUNT_LIMIT_EXCEEDED:
    "The amount is over a limit of the account's grant. Ask for less, or have an administrator raise the limit.",
  POR_INSUFFICIENT_RESERVES: 'Deposit what is missing at the reserve account, or ask for less.',
  NO_RESERVE_ASSIGNED: 'No reserve account is assigned to this basket yet. Have the bank assign one.',
  WORKFLOW_FAILED: 'Try it again. If it fails once more, the operator finds the reason in the log.',
  POR_STALE: 'The proof of reserves is too old. It goes on as soon as the source has a newer one.',
  POR_UNAVAILABLE: 'The source of the reserves does not answer. It goes on when the source is back.',
  POR_RIPCORD: 'The attestor of the reserves pulled the emergency stop. Ask the attestor.',
  POR_INVALID: "The reserve source's answer cannot be believed. Ask its operator.",
  CIRCUIT_OPEN: 'Minting of this basket is stopped. The reserves page says why and what ends it.',
  TRANSMITTER_UNFUNDED: 'The key that delivers reports has no coin for gas. Fund it; what waits goes on by itself.',
  EXPIRED: 'Its time was up before it could be carried out. Nothing of it was minted: send it again.',
  CHAIN_UNAVAILABLE: 'The chain does not answer. What was accepted waits and goes on by itself.',
  STORE_UNAVAILABLE: 'The database does not answer. What was accepted is not lost; try again.',
  RATE_LIMITED: 'Too many requests. Wait a moment.',
  DUPLICATE_REFERENCE:
    'This bank reference was used for another order. Check the payment before you mint under another one.',
  IDEMPOTENCY_KEY_REQUIRED: 'Give the payment a bank reference.',
  SCOPE_MISSING: 'Ask an administrator for a key with this permission.',
  UNKNOWN_BASKET: 'Choose a basket of this gateway, or have your account granted this one.',
  ORIGIN_NOT_ALLOWED: "Only the gateway's own pages may do this. Open the console at the gateway's own address.",
}

export function slugOf(code: string): string {
  return code.toLowerCase().replaceAll('_', '-')
}

export function Reason({ code, detail, reason }: { code?: string | null; detail: string; reason?: string | null }) {
  const next = code ? advice[code] : undefined
  return (
    <div class="reason">
      <p>
        {code ? <strong class="code">{reason ? `${code} · ${reason}` : code}</strong> : null} {sentence(detail)}
      </p>
      {next ? (
        <p class="next">
          <strong>What to do:</strong> {next}
        </p>
      ) : null}
      {code ? (
        <p>
          <a href={`${gatewayUrl}/problems/${slugOf(code)}`} target="_blank" rel="noreferrer">
            More about {code}
          </a>
        </p>
      ) : null}
    </div>
  )
}

/** The gateway's sentences begin in lower case and have no full stop. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`
}
