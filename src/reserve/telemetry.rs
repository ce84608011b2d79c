//! Log lines of business events about reserves: one function per event, so that an event always reads the same.

use alloy::primitives::Address;
use metrics::counter;

use crate::base::metrics::GAS_WASTED;
use crate::domain::breaker::Breaker;
use crate::store::Recount;

/// A basket's breaker moved.
pub(super) fn breaker_moved(stablecoin: Address, before: &Breaker, next: &Breaker) {
    let reasons: Vec<&str> = next.reasons.values().map(String::as_str).collect();
    let (from, to) = (before.state.word(), next.state.word());
    if next.reasons.is_empty() {
        tracing::info!(%stablecoin, from, to, "breaker moved");
    } else {
        tracing::warn!(%stablecoin, from, to, reasons = reasons.join("; "), "breaker moved");
    }
}

/// A delivery used gas and minted nothing.
pub(super) fn gas_wasted(stablecoin: Address, gas: u64) {
    tracing::warn!(%stablecoin, gas, "a delivery minted nothing");
    counter!(GAS_WASTED, "stablecoin" => stablecoin.to_string()).increment(gas);
}

/// An operator stopped or resumed a basket.
pub(super) fn operator_acted(stablecoin: Address, kind: &str, reason: &str) {
    tracing::warn!(%stablecoin, kind, reason, "operator acted");
}

/// Something on chain that somebody should know about.
pub(super) fn chain_alarm(stablecoin: Address, data: &str) {
    tracing::warn!(%stablecoin, data, "chain alarm");
}

/// The DON attested a basket's reserves.
pub(super) fn reserves_attested(stablecoin: Address, round: u64) {
    tracing::info!(%stablecoin, round, "reserves attested");
}

/// The DON could not attest a basket's reserves.
pub(super) fn attestation_failed(stablecoin: Address, code: &str, message: &str) {
    tracing::warn!(%stablecoin, code, message, "reserves not attested");
}

/// The workflow's schedule fired, and the run did not end well.
pub(super) fn firing_failed(fired_at: u64, message: &str) {
    tracing::warn!(fired_at, message, "the schedule attested no reserves");
}

/// The kept sum of a basket's promises was wrong; the counted one is kept from now on.
pub(super) fn promises_differ(stablecoin: Address, recount: &Recount) {
    tracing::error!(%stablecoin, kept = %recount.kept, counted = %recount.counted, "promises were counted anew");
}
