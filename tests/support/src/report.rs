//! What a simulation or a campaign did, and what came of it.

use std::collections::BTreeMap;

/// Counts by name.
pub type Counts = BTreeMap<String, u64>;

/// What was done to the gateway, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Faults by kind.
    pub faults: Counts,
    /// What ledger and breaker did, by kind.
    pub reserves: Counts,
    /// Ends of mints by state.
    pub ends: Counts,
    /// Broken promises, as sentences.
    pub violations: Vec<String>,
}

impl Report {
    /// Faults of all kinds.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.faults.values().sum()
    }

    /// Counts a fault.
    pub fn count_fault(&mut self, name: impl Into<String>) {
        *self.faults.entry(name.into()).or_default() += 1;
    }

    /// Counts something that ledger or breaker did.
    pub fn count_reserves(&mut self, name: &str) {
        *self.reserves.entry(name.to_owned()).or_default() += 1;
    }

    /// Counts the end of a mint.
    pub fn count_end(&mut self, name: &str) {
        *self.ends.entry(name.to_owned()).or_default() += 1;
    }

    /// Adds another report.
    pub fn add(&mut self, other: Self) {
        for (own, others) in [
            (&mut self.faults, other.faults),
            (&mut self.reserves, other.reserves),
            (&mut self.ends, other.ends),
        ] {
            for (name, count) in others {
                *own.entry(name).or_default() += count;
            }
        }
        self.violations.extend(other.violations);
    }
}
