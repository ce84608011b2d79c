// Lists the sources that the configuration names.
import type { Config } from '../../config/config'
import type { ReserveRule, SourceConfig } from '../../config/reserve-sources'

/** A source as the workflow uses it; `shorthand` marks the one that `porApiUrl` stands for. */
export type Source<Settings extends SourceConfig = SourceConfig> = { settings: Settings; shorthand: boolean }

/** What a source proved: base units, and its own time in unix seconds. */
export type Figure = { accountName: string; amount: bigint; observedAt: number }

/** The sources of the configuration and their rule; `porApiUrl` is one source in the guide's format. */
export function sourcesOf(config: Config): { rule: ReserveRule; sources: Source[] } {
  if (config.reserves !== undefined) {
    const { rule, sources } = config.reserves
    return { rule, sources: sources.map((settings) => ({ settings, shorthand: false })) }
  }
  const settings: SourceConfig = {
    name: 'porApiUrl',
    class: 'custodian',
    dialect: 'guide',
    url: config.porApiUrl ?? '',
    unit: 'USD',
    maxAgeSeconds: config.reserveMaxAgeSeconds,
    maxBytes: 100_000,
    timeoutMs: 5_000,
  }
  return { rule: { kind: 'sum' }, sources: [{ settings, shorthand: true }] }
}
