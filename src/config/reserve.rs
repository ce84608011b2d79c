//! How the reserves are watched over.

use clap::Args;

use super::reader::Reader;
use crate::domain::coverage::BPS;
use crate::reserve::ReservePolicy;

/// The settings of reserves as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ReserveSettings {
    /// Part of the reserves that may be issued against, in basis points [default: 10000]
    #[arg(long, env)]
    reserve_margin_bps: Option<String>,
    /// How long a reserve figure is relied on to refuse a mint without a run [default: 15]
    #[arg(long, env)]
    reserve_fresh_seconds: Option<String>,
    /// Oldest proof on chain with which a basket goes on minting; 0 = any age [default: 0]
    #[arg(long, env)]
    reserve_proof_max_age_seconds: Option<String>,
    /// How long a breaker stays open before one mint may try [default: 30]
    #[arg(long, env)]
    breaker_cooldown_seconds: Option<String>,
    /// Answers of the reserve source in a row that prove nothing before the breaker opens [default: 3]
    #[arg(long, env)]
    breaker_bad_answers: Option<String>,
    /// Gas per basket and hour of deliveries that mint nothing before the breaker opens; 0 = any amount [default: 10000000]
    #[arg(long, env)]
    wasted_gas_max: Option<String>,
    /// What a mint of the consumer does that no request here explains: alert, or open (the breaker) [default: alert]
    #[arg(long, env)]
    unexpected_supply: Option<String>,
    /// Pause between two looks at the chain [default: 5]
    #[arg(long, env)]
    monitor_interval_seconds: Option<String>,
    /// How often the DON attests the reserves without a mint; 0 = never [default: 0]
    #[arg(long, env)]
    attest_interval_seconds: Option<String>,
}

impl ReserveSettings {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> ReservePolicy {
        let unexpected_supply = [("alert", false), ("open", true)];
        ReservePolicy {
            margin_bps: reader.number("RESERVE_MARGIN_BPS", &self.reserve_margin_bps, BPS, (1, BPS)),
            fresh: reader.seconds("RESERVE_FRESH_SECONDS", &self.reserve_fresh_seconds, 15, (0, 3_600)),
            cooldown: reader.seconds(
                "BREAKER_COOLDOWN_SECONDS",
                &self.breaker_cooldown_seconds,
                30,
                (1, 86_400),
            ),
            bad_answers_max: reader.number("BREAKER_BAD_ANSWERS", &self.breaker_bad_answers, 3, (1, 1_000)),
            wasted_gas_max: reader.number(
                "WASTED_GAS_MAX",
                &self.wasted_gas_max,
                10_000_000,
                (0, 1_000_000_000_000),
            ),
            proof_age_max: reader.seconds_or_none(
                "RESERVE_PROOF_MAX_AGE_SECONDS",
                &self.reserve_proof_max_age_seconds,
                2_592_000,
            ),
            foreign_mint_opens: reader.word("UNEXPECTED_SUPPLY", &self.unexpected_supply, &unexpected_supply),
            monitor_interval: reader.seconds(
                "MONITOR_INTERVAL_SECONDS",
                &self.monitor_interval_seconds,
                5,
                (1, 3_600),
            ),
            attest_interval: reader.seconds_or_none(
                "ATTEST_INTERVAL_SECONDS",
                &self.attest_interval_seconds,
                86_400,
            ),
        }
    }
}
