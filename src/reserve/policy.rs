//! How this gateway watches over reserves.

use std::time::Duration;

use crate::domain::breaker::BreakerPolicy;

/// How this gateway watches over reserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservePolicy {
    /// Part of the reserves that may be issued against, in basis points.
    pub margin_bps: u64,
    /// How long a figure may be relied on to refuse a mint without asking the source again.
    pub fresh: Duration,
    /// How long a breaker stays open before one mint may try.
    pub cooldown: Duration,
    /// Answers of a source in a row that prove nothing before the breaker opens.
    pub bad_answers_max: u32,
    /// Gas that a basket's deliveries which mint nothing may use within an hour; zero = any amount.
    pub wasted_gas_max: u64,
    /// Oldest proof on chain with which a basket may go on; `None` = any age.
    pub proof_age_max: Option<Duration>,
    /// Whether a mint of the consumer that no request here explains opens the breaker, or is only reported. Tokens that
    /// were created without the consumer always open it.
    pub foreign_mint_opens: bool,
    /// Pause between two looks at the chain.
    pub monitor_interval: Duration,
    /// How often the DON attests the reserves; `None` = only with each mint.
    pub attest_interval: Option<Duration>,
}

impl ReservePolicy {
    /// What the breaker needs of them.
    #[must_use]
    pub fn breaker(&self) -> BreakerPolicy {
        BreakerPolicy {
            cooldown_ms: i64::try_from(self.cooldown.as_millis()).unwrap_or(i64::MAX),
            bad_answers_max: self.bad_answers_max,
            wasted_gas_max: self.wasted_gas_max,
        }
    }
}
