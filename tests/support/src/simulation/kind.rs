//! The kinds of worlds.

use std::time::Duration;

use alloy::primitives::U256;
use cre_backend::reserve::ReservePolicy;

use crate::tokens;

/// What may happen in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The reserves cover everything; everything else goes wrong.
    Plentiful,
    /// The reserves cover half of the payments and never shrink, and the consumer does not compare them with the supply:
    /// only the gateway's ledger keeps the supply within them. Nothing is re-organised, which the ledger hears of too late,
    /// and the source always answers.
    Tight,
    /// The reserves come and go, their source fails, and people pause the basket here and on chain.
    Stormy,
    /// Backups of the database are restored, whatever happened since.
    Restored,
    /// Two gateways that know nothing of each other mint on one chain, each with a database of its own.
    Doubled,
    /// Two instances share one PostgreSQL, and no two clocks agree.
    Shared,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Plentiful, Self::Tight, Self::Stormy, Self::Restored, Self::Doubled, Self::Shared];

    /// The kind of the world with a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self::ALL[usize::try_from(seed % Self::ALL.len() as u64).unwrap_or_default()]
    }

    pub(super) fn reserves(self) -> U256 {
        match self {
            Self::Plentiful | Self::Restored | Self::Doubled | Self::Shared => tokens(1_000_000),
            Self::Tight => tokens(60),
            Self::Stormy => tokens(200),
        }
    }

    /// Whether a database may have missed what it once knew, or never heard of it.
    pub(super) const fn has_strangers(self) -> bool {
        matches!(self, Self::Restored | Self::Doubled)
    }

    pub(super) fn policy(self) -> ReservePolicy {
        ReservePolicy {
            margin_bps: 10_000,
            fresh: if self == Self::Tight { Duration::MAX } else { Duration::from_secs(15) },
            cooldown: Duration::from_secs(10),
            bad_answers_max: if self == Self::Tight { u32::MAX } else { 2 },
            wasted_gas_max: 0,
            proof_age_max: (self == Self::Stormy).then_some(Duration::from_secs(300)),
            foreign_mint_opens: !self.has_strangers(),
            monitor_interval: Duration::from_secs(5),
            attest_interval: None,
        }
    }
}
