//! Whether one more mint may join the unfinished ones of its basket.
//!
//! That is judged inside the transaction that stores it, under the lock of the basket's row: no second acceptance, in
//! this process or another, can come between the sum and the insert. The rules themselves are the caller's; the store
//! only shows them what is stored.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use alloy::primitives::{B256, U256};

use crate::domain::EventKind;
use crate::domain::admission::AdmissionRefusal;
use crate::domain::breaker::Breaker;

/// What an admission rule sees of a basket.
#[derive(Clone, Debug, Default)]
pub struct LedgerSnapshot {
    /// The database's time, unix ms.
    pub now_ms: i64,
    /// Its breaker; closed, where it never moved.
    pub breaker: Breaker,
    /// Base units that its mints promise beyond the supply that was asked about: the unfinished ones, and those minted
    /// above its block.
    pub reserved: U256,
}

/// A new state of a breaker, with the events it causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakerUpdate {
    /// The breaker from now on.
    pub breaker: Breaker,
    /// Events: kind and data.
    pub events: Vec<(EventKind, String)>,
}

/// What an admission rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The mint may join; perhaps the breaker moves with it.
    Admit(Option<BreakerUpdate>),
    /// It may not.
    Refuse(AdmissionRefusal),
}

type AdmissionRule = dyn Fn(&LedgerSnapshot) -> Ruling + Send + Sync;

/// Judges whether one more mint may join the unfinished ones of its basket.
#[derive(Clone)]
pub struct Admission {
    /// Block of the supply that the rule knows: what was minted above it is promised still.
    pub minted_above: u64,
    /// References of unfinished mints that are known to be part of that supply.
    pub settled: BTreeSet<B256>,
    rule: Arc<AdmissionRule>,
}

impl Admission {
    /// Wraps a pure rule; it may be asked more than once.
    #[must_use]
    pub fn new(
        minted_above: u64,
        settled: BTreeSet<B256>,
        rule: impl Fn(&LedgerSnapshot) -> Ruling + Send + Sync + 'static,
    ) -> Self {
        Self { minted_above, settled, rule: Arc::new(rule) }
    }

    /// Asks the rule.
    pub(super) fn judge(&self, snapshot: &LedgerSnapshot) -> Ruling {
        (self.rule)(snapshot)
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").field("minted_above", &self.minted_above).finish_non_exhaustive()
    }
}
