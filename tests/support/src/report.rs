//! What a simulation or a campaign did, and what came of it.

use std::collections::BTreeMap;

use crate::fault_kind::FaultKind;

/// Counts by name.
pub type Counts = BTreeMap<String, u64>;

/// What was done to the gateway, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Faults by kind, and by what exactly happened.
    pub faults: BTreeMap<FaultKind, Counts>,
    /// What ledger and breaker did, by kind.
    pub reserves: Counts,
    /// Invariants, and how often each was checked.
    pub checks: Counts,
    /// Ends of mints by state.
    pub ends: Counts,
    /// Broken promises, as sentences.
    pub violations: Vec<String>,
}

impl Report {
    /// Faults of all kinds.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.faults.values().flat_map(BTreeMap::values).sum()
    }

    /// Faults of one kind.
    #[must_use]
    pub fn of_kind(&self, kind: FaultKind) -> u64 {
        self.faults.get(&kind).map(|details| details.values().sum()).unwrap_or_default()
    }

    /// How often exactly this happened.
    #[must_use]
    pub fn detail(&self, kind: FaultKind, detail: &str) -> u64 {
        self.faults.get(&kind).and_then(|details| details.get(detail)).copied().unwrap_or_default()
    }

    /// Counts a fault.
    pub fn count_fault(&mut self, kind: FaultKind, detail: impl Into<String>) {
        *self.faults.entry(kind).or_default().entry(detail.into()).or_default() += 1;
    }

    /// Counts something that ledger or breaker did.
    pub fn count_reserves(&mut self, name: &str) {
        *self.reserves.entry(name.to_owned()).or_default() += 1;
    }

    /// Counts a check of an invariant; what is wrong, if anything, is a violation.
    pub fn check(&mut self, invariant: &str, wrong: Option<String>) {
        *self.checks.entry(invariant.to_owned()).or_default() += 1;
        self.violations.extend(wrong.map(|wrong| format!("{invariant}: {wrong}")));
    }

    /// Counts the end of a mint.
    pub fn count_end(&mut self, name: &str) {
        *self.ends.entry(name.to_owned()).or_default() += 1;
    }

    /// Adds another report.
    pub fn add(&mut self, other: Self) {
        for (kind, details) in other.faults {
            merge(self.faults.entry(kind).or_default(), details);
        }
        merge(&mut self.reserves, other.reserves);
        merge(&mut self.checks, other.checks);
        merge(&mut self.ends, other.ends);
        self.violations.extend(other.violations);
    }
}

fn merge(own: &mut Counts, others: Counts) {
    for (name, count) in others {
        *own.entry(name).or_default() += count;
    }
}
