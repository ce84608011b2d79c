//! Log lines of business events about mints: one function per event, so that an event always reads the same.

use crate::base::logging::with_causes;
use crate::domain::{Failure, Mint};

/// A request was stored.
pub(super) fn mint_accepted(mint: &Mint) {
    tracing::info!(mint_id = %mint.id, reference = %mint.order.reference, consumer = %mint.order.consumer, "mint accepted");
}

/// A request repeated an earlier one.
pub(super) fn mint_replayed(mint: &Mint) {
    tracing::info!(mint_id = %mint.id, reference = %mint.order.reference, "mint replayed");
}

/// A request was refused at the door.
pub(super) fn mint_refused(failure: &Failure) {
    tracing::info!(code = failure.code.name(), detail = %failure.detail, "mint refused");
}

/// A mint changed its state.
pub(super) fn mint_moved(mint: &Mint) {
    let progress = &mint.progress;
    tracing::info!(
        mint_id = %mint.id,
        reference = %mint.order.reference,
        state = progress.state.word(),
        run = progress.runs,
        attempts = progress.attempts,
        code = progress.failure.as_ref().map(|failure| failure.code.name()),
        tx = progress.proof.as_ref().map(|proof| display(proof.location.tx)),
        "mint moved"
    );
}

/// A workflow run starts.
pub(super) fn run_started(request_id: &str, orders: usize) {
    tracing::info!(request_id, orders, "workflow run started");
}

/// A workflow run ended; `message` is what it said about itself.
pub(super) fn run_ended(request_id: &str, message: &str) {
    tracing::info!(request_id, outcome = message, "workflow run ended");
}

/// The outcome of a mint cannot be found out at present.
pub(super) fn mint_stuck(mint: &Mint, why: &dyn std::error::Error) {
    let why = with_causes(why);
    tracing::warn!(mint_id = %mint.id, reference = %mint.order.reference, why, "the chain cannot be asked");
}

/// A claim was lost to another instance; its work goes on there.
pub(super) fn claim_lost(name: &dyn std::fmt::Display) {
    tracing::warn!(%name, "another holder took over");
}
