/** Every event of the transaction, in words; the raw values are behind each. */
import type { Log } from '../../base/types'
import { Card } from '../../ui/page'
import { Hex } from '../../ui/text'
import { sentenceOf } from './log-words'

export function Logs({ logs }: { logs: Log[] }) {
  return (
    <Card title={logs.length === 1 ? 'What the contract told' : `What the contracts told (${logs.length})`} id="logs">
      {logs.length === 0 ? (
        <p class="muted">No contract told anything.</p>
      ) : (
        <ol class="plain-list logs">
          {logs.map((log, at) => (
            <li key={String(at)}>
              <span class="log-number">{at + 1}</span>
              <div class="grow">
                <p>{sentenceOf(log)}</p>
                <details>
                  <summary class="small">
                    {log.contract ?? 'unknown contract'} · {log.event ?? 'unknown event'}
                  </summary>
                  <dl class="facts values">
                    <dt>Contract</dt>
                    <dd>
                      <Hex of={log.address} full />
                    </dd>
                    {Object.entries(log.values as Record<string, unknown>).map(([name, value]) => (
                      <>
                        <dt>{name}</dt>
                        <dd>
                          <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
                        </dd>
                      </>
                    ))}
                  </dl>
                </details>
              </div>
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}
