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
    /// only the gateway's ledger keeps the supply within them. Nothing is re-organised or tried again by a caller, which
    /// the ledger hears of too late.
    Tight,
    /// The reserves come and go, their source fails, and people pause the basket here and on chain.
    Stormy,
}

impl Kind {
    /// The kind of the world with a seed.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        match seed % 3 {
            0 => Self::Plentiful,
            1 => Self::Tight,
            _ => Self::Stormy,
        }
    }

    pub(super) fn reserves(self) -> U256 {
        match self {
            Self::Plentiful => tokens(1_000_000),
            Self::Tight => tokens(60),
            Self::Stormy => tokens(200),
        }
    }

    pub(super) fn policy(self) -> ReservePolicy {
        ReservePolicy {
            margin_bps: 10_000,
            fresh: if self == Self::Tight { Duration::MAX } else { Duration::from_secs(15) },
            cooldown: Duration::from_secs(10),
            bad_answers_max: 2,
            proof_age_max: (self == Self::Stormy).then_some(Duration::from_secs(300)),
            foreign_mint_opens: true,
            monitor_interval: Duration::from_secs(5),
            attest_interval: None,
        }
    }
}
