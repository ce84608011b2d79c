//! Log lines of business events about mints: one function per event, so that an event always reads the same.

use metrics::{counter, gauge, histogram};

use crate::base::logging::with_causes;
use crate::base::metrics::{
    LEASES_LOST, MINT_STAGE_SECONDS, MINTS_ENDED, RUN_STEP_SECONDS, TRANSMITTER_BALANCE,
    TRANSMITTER_MINTS_LEFT, TRANSMITTER_SEEN,
};
use crate::domain::{Failure, Mint, State};
use crate::workflow::RunEvidence;

/// Steps of a run, as its evidence names them.
const STEPS: [&str; 6] = ["compliance", "reserves", "consensus", "sign", "deliver", "confirm"];
/// Units of the smallest kind in one of the chain's coins.
const WEI: f64 = 1e18;

/// A request was stored.
pub(super) fn mint_accepted(mint: &Mint) {
    tracing::info!(mint_id = %mint.id, reference = %mint.order.reference, stablecoin = %mint.order.stablecoin, "mint accepted");
}

/// A request repeated an earlier one.
pub(super) fn mint_replayed(mint: &Mint) {
    tracing::info!(mint_id = %mint.id, reference = %mint.order.reference, "mint replayed");
}

/// A request was refused at the door.
pub(super) fn mint_refused(failure: &Failure) {
    tracing::info!(code = failure.code.name(), detail = %failure.detail, "mint refused");
    counter!(MINTS_ENDED, "outcome" => "refused", "code" => failure.code.name()).increment(1);
}

/// A caller withdrew a mint.
pub(super) fn mint_cancelled() {
    counter!(MINTS_ENDED, "outcome" => State::Cancelled.word(), "code" => "CANCELLED").increment(1);
}

/// A mint changed, which was in this state before.
pub(super) fn mint_moved(before: State, mint: &Mint) {
    let progress = &mint.progress;
    measure(before, mint);
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

fn measure(before: State, mint: &Mint) {
    let progress = &mint.progress;
    let since_ms = mint.updated_at.saturating_sub(mint.created_at).max(0);
    let stage = |stage: &'static str| {
        histogram!(MINT_STAGE_SECONDS, "stage" => stage).record(since_ms as f64 / 1_000.0);
    };
    let ended = |code: &'static str| {
        counter!(MINTS_ENDED, "outcome" => progress.state.word(), "code" => code).increment(1);
    };
    let is_minted = |state: State| matches!(state, State::Minted | State::Finalized);
    if before == State::Queued && progress.state != State::Queued && progress.runs == 1 {
        stage("started");
    }
    if is_minted(progress.state) && !is_minted(before) {
        stage("minted");
        counter!(MINTS_ENDED, "outcome" => State::Minted.word(), "code" => "").increment(1);
    }
    match progress.state {
        State::Finalized if before != State::Finalized => stage("finalized"),
        State::Rejected | State::Failed if before != progress.state => {
            ended(progress.failure.as_ref().map_or("", |failure| failure.code.name()));
        }
        _ => {}
    }
}

/// What a run took, and what its delivery left to the transmitter, which paid for so many mints.
pub(super) fn run_measured(evidence: &RunEvidence, mints: usize, now_seconds: u64) {
    for step in STEPS {
        if let Some(millis) = evidence.steps_millis.get(step) {
            histogram!(RUN_STEP_SECONDS, "step" => step).record(*millis as f64 / 1_000.0);
        }
    }
    let Some(operator) = &evidence.operator else { return };
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<f64>().ok());
    let delivery = evidence.delivery.as_ref();
    let cost =
        delivery.and_then(|delivery| Some(delivery.gas_used? as f64 * number(&delivery.gas_price_wei)?));
    let (Some(before), Some(cost)) = (number(&operator.balance_wei), cost) else { return };
    let (left, transmitter) = ((before - cost).max(0.0), operator.transmitter.to_string());
    gauge!(TRANSMITTER_BALANCE, "transmitter" => transmitter.clone()).set(left / WEI);
    if cost > 0.0 {
        gauge!(TRANSMITTER_MINTS_LEFT, "transmitter" => transmitter.clone())
            .set((left * mints as f64 / cost).floor());
    }
    gauge!(TRANSMITTER_SEEN, "transmitter" => transmitter).set(now_seconds as f64);
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

/// A claim as a whole could not be held.
pub(super) fn lease_lost() {
    counter!(LEASES_LOST, "kind" => "claim").increment(1);
}
