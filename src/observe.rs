//! Logs: set up once, and one function per business event, so that an event always reads the same.

use std::io::IsTerminal;

use alloy::primitives::Address;
use tracing_subscriber::EnvFilter;

use crate::mint::{Failure, Mint};
use crate::reserve::Breaker;

/// Sends logs to standard error: readable on a terminal, JSON lines otherwise. `RUST_LOG` chooses what.
pub fn init() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,alloy=warn,hyper=warn,tower_http=warn"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call (two gateways in one test process) keeps the first set-up.
    let _ = if std::io::stderr().is_terminal() { logs.try_init() } else { logs.json().try_init() };
}

/// A request was stored.
pub fn accepted(mint: &Mint) {
    tracing::info!(mint_id = %mint.id, reference = %mint.order.reference, consumer = %mint.order.consumer, "mint accepted");
}

/// A request repeated an earlier one.
pub fn replayed(mint: &Mint) {
    tracing::info!(mint_id = %mint.id, reference = %mint.order.reference, "mint replayed");
}

/// A request was refused at the door.
pub fn refused(failure: &Failure) {
    tracing::info!(code = ?failure.code, detail = %failure.detail, "mint refused");
}

/// A mint changed its state.
pub fn moved(mint: &Mint) {
    let progress = &mint.progress;
    tracing::info!(
        mint_id = %mint.id,
        reference = %mint.order.reference,
        state = progress.state.word(),
        attempt = progress.attempts,
        code = ?progress.failure.as_ref().map(|failure| failure.code),
        tx = ?progress.proof.as_ref().map(|proof| proof.place.tx),
        "mint moved"
    );
}

/// A workflow run starts.
pub fn run_started(request_id: &str, slot: i64, orders: usize) {
    tracing::info!(request_id, slot, orders, "workflow run started");
}

/// A workflow run ended; `words` is what it said about itself.
pub fn run_ended(request_id: &str, words: &str) {
    tracing::info!(request_id, outcome = words, "workflow run ended");
}

/// The outcome of a mint cannot be found out at present.
pub fn stuck(mint: &Mint, why: &dyn std::error::Error) {
    tracing::warn!(mint_id = %mint.id, reference = %mint.order.reference, why = %why, "the chain cannot be asked");
}

/// A claim was lost to another instance; its work goes on there.
pub fn claim_lost(name: &dyn std::fmt::Display) {
    tracing::warn!(%name, "another holder took over");
}

/// A basket's breaker moved.
pub fn breaker_moved(consumer: Address, before: &Breaker, next: &Breaker) {
    let reasons: Vec<&str> = next.reasons.values().map(String::as_str).collect();
    let (from, to) = (before.position.word(), next.position.word());
    if next.reasons.is_empty() {
        tracing::info!(%consumer, from, to, "breaker moved");
    } else {
        tracing::warn!(%consumer, from, to, reasons = reasons.join("; "), "breaker moved");
    }
}

/// An operator stopped or resumed a basket.
pub fn operated(consumer: Address, kind: &str, words: &str) {
    tracing::warn!(%consumer, kind, words, "operator");
}

/// Something on chain that somebody should know about.
pub fn alarmed(consumer: &str, data: &str) {
    tracing::warn!(consumer, data, "chain alarm");
}

/// The DON attested a basket's reserves.
pub fn attested(consumer: Address, round: u64) {
    tracing::info!(%consumer, round, "reserves attested");
}

/// The DON could not attest a basket's reserves.
pub fn attestation_failed(consumer: Address, code: &str, words: &str) {
    tracing::warn!(%consumer, code, words, "reserves not attested");
}
