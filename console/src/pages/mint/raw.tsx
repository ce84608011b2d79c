/** The same for programs. */
import { gatewayUrl } from '../../base/place'
import type { Evidence, Mint } from '../../base/types'
import { Copy } from '../../ui/text'

export function Raw({ mint, evidence }: { mint: Mint; evidence: Evidence }) {
  const curl = `curl -s ${gatewayUrl}/mints/${mint.mintId}/evidence`
  return (
    <details class="card">
      <summary>For programs: the gateway's own answers</summary>
      <div class="card-foot">
        <Copy text={curl} what="the curl command" label="Copy as curl" />
        <Copy text={JSON.stringify(mint, null, 2)} what="the mint as JSON" label="Copy the mint" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{JSON.stringify({ mint, evidence }, null, 2)}</pre>
    </details>
  )
}
