//! Mints that wait for one basket, carried out together in one run of the workflow.
//!
//! 1. ask the breaker, and the consumer for its opinion of all orders at once (which is also the proof that none of the
//!    references is used);
//! 2. get leave for a run, and write "executing" with `validUntil` for each;
//! 3. only then start the run; read what its transaction proves; write down what became of each.
//!
//! While runs are under way, what comes in gathers and travels in the next one; nothing waits while there is room. One
//! refused order never stops the others: each has its own verdict on chain, its own state and its own answer.

use std::time::Duration;

use alloy::primitives::B256;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::claim::{ClaimedMint, LeaseGuard, release_mint};
use super::context::{LOOK_PAUSE_MS, Stop, WAIT_PAUSE_MS, WorkerContext};
use super::retry::{backoff_ms, refused_or_waiting};
use super::transition::{Transition, store_transitions};
use crate::base::fault;
use crate::base::logging::with_causes;
use crate::chain::{Head, MintLookup};
use crate::domain::admission::AdmissionRefusal;
use crate::domain::state::{Event, State, VALIDITY_MAX};
use crate::domain::{BasketId, Failure, FailureCode, MintProof, OrderKey, VerdictCode};
use crate::mint::{evidence, failure_map, telemetry};
use crate::workflow::{Outcome, Run, RunPermit, RunResult};

/// A report stays valid this much longer than its run may take.
const VALIDITY_MARGIN: Duration = Duration::from_secs(60);
/// Steps of one run that become events.
const STEPS_MAX: usize = 16;
/// How often the steps of a long run are logged; those of a short one are logged with its outcome.
const STEPS_INTERVAL: Duration = Duration::from_millis(200);

/// What became of mints that were claimed together.
#[derive(Debug)]
pub(super) enum Batch {
    /// Nothing can be begun now.
    Waits {
        /// When they are due again, from now.
        pause_ms: i64,
    },
    /// They were carried out or refused.
    Done {
        /// Those whose fate the chain has to tell.
        open: Vec<ClaimedMint>,
        /// No run of the basket begins before, from now.
        basket_pause_ms: i64,
    },
}

/// Carries out the mints of one basket that were claimed together; none of them has a report that may be signed.
pub(super) async fn execute_batch(
    context: &WorkerContext,
    claims: Vec<ClaimedMint>,
    guard: &LeaseGuard,
) -> Result<Batch, Stop> {
    let claims = startable(context, claims, guard).await?;
    if context.soft_stop.is_cancelled() {
        return Ok(Batch::Waits { pause_ms: 0 });
    }
    let Some(first) = claims.first() else { return Ok(Batch::Waits { pause_ms: WAIT_PAUSE_MS }) };
    let consumer = first.mint.order.consumer;
    let orders: Vec<OrderKey> = claims.iter().map(|claim| claim.mint.order.key()).collect();
    fault::point("look.before").await;
    let (verdicts, head) = tokio::join!(context.chain.preview(consumer, &orders), context.chain.head());
    fault::point("look.after").await;
    let (verdicts, head) = match (verdicts, head) {
        (Ok(verdicts), Ok(head)) => (verdicts, head),
        (Err(error), _) | (_, Err(error)) => {
            let why = failure_map::of_chain_error(&error);
            show_reason(context, claims, &why).await?;
            return Ok(Batch::Waits { pause_ms: WAIT_PAUSE_MS });
        }
    };
    let (mut accepted, mut refused, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for (claim, verdict) in claims.into_iter().zip(verdicts) {
        match verdict.code {
            VerdictCode::Accepted => accepted.push(claim),
            // The chain tells by whom.
            VerdictCode::ReferenceUsed => open.push(claim),
            _ => {
                let refusal = refused_or_waiting(failure_map::of_verdict(verdict));
                refused.push(Transition::new(claim, vec![refusal]));
            }
        }
    }
    store_transitions(context, refused).await?;
    let attempt = attempt(context, accepted, head, guard).await?;
    open.extend(attempt.open);
    Ok(Batch::Done { open, basket_pause_ms: attempt.basket_pause_ms })
}

/// Another attempt for one mint; `None` when it was given back.
pub(super) async fn execute_again(
    context: &WorkerContext,
    claim: ClaimedMint,
    head: Head,
    guard: &LeaseGuard,
) -> Result<Option<ClaimedMint>, Stop> {
    Ok(attempt(context, vec![claim], head, guard).await?.open.pop())
}

/// Those for which the breaker lets a run begin; the others show why they wait.
async fn startable(
    context: &WorkerContext,
    claims: Vec<ClaimedMint>,
    guard: &LeaseGuard,
) -> Result<Vec<ClaimedMint>, Stop> {
    let ids: Vec<Uuid> = claims.iter().map(|claim| claim.mint.id).collect();
    let passed = context.guard.may_start(guard.basket, &ids).await?;
    let (claims, waiting): (Vec<_>, Vec<_>) =
        claims.into_iter().partition(|claim| passed.contains(&claim.mint.id));
    if let Some(first) = waiting.first()
        && let Some(open) = context.guard.open_breaker(guard.basket, first.mint.id).await?
    {
        let decimals = first.mint.order.decimals;
        let why = failure_map::of_admission(&AdmissionRefusal::BreakerOpen(open), decimals);
        show_reason(context, waiting, &why).await?;
    }
    Ok(claims)
}

/// Lets queued mints show why they wait; nothing is written where they show it already.
async fn show_reason(context: &WorkerContext, claims: Vec<ClaimedMint>, why: &Failure) -> Result<(), Stop> {
    let is_new = |claim: &ClaimedMint| {
        claim.mint.progress.state == State::Queued
            && claim.mint.progress.failure.as_ref().is_none_or(|known| known.code != why.code)
    };
    let shown = |claim| Transition::new(claim, vec![Event::Unsigned(why.clone())]);
    let transitions = claims.into_iter().filter(is_new).map(shown).collect();
    store_transitions(context, transitions).await.map(|_| ())
}

/// What an attempt left behind.
#[derive(Debug, Default)]
struct Attempt {
    /// Those whose fate is open.
    open: Vec<ClaimedMint>,
    /// No run of the basket begins before, from now.
    basket_pause_ms: i64,
}

/// One run of the workflow, begun in the store before it begins on the machine. Those whose fate is not open were given
/// back.
async fn attempt(
    context: &WorkerContext,
    claims: Vec<ClaimedMint>,
    head: Head,
    guard: &LeaseGuard,
) -> Result<Attempt, Stop> {
    if claims.is_empty() {
        return Ok(Attempt::default());
    }
    let Some(permit) = context.executor.permit().await? else {
        for claim in &claims {
            release_mint(context, claim, LOOK_PAUSE_MS).await?;
        }
        return Ok(Attempt::default());
    };
    fault::point("slot.after").await;
    let validity = (context.settings.run_timeout + VALIDITY_MARGIN).min(VALIDITY_MAX);
    // No report outlives a request that travels in it.
    let deadlines =
        claims.iter().filter_map(|claim| u64::try_from(claim.mint.progress.expires_at / 1000).ok());
    let valid_until = context.clock.now_seconds().max(head.timestamp) + validity.as_secs();
    let valid_until = deadlines.fold(valid_until, u64::min);
    let start = || vec![Event::Absent, Event::Start { valid_until, from_block: head.number + 1 }];
    let starts = claims.into_iter().map(|claim| Transition::new(claim, start())).collect();
    let done = match store_transitions(context, starts).await {
        Ok(claims) if claims.is_empty() => Ok(Attempt::default()),
        Ok(claims) => run(context, claims, &permit, valid_until, guard).await,
        Err(stop) => Err(stop),
    };
    context.executor.release(permit).await;
    done
}

async fn run(
    context: &WorkerContext,
    mut claims: Vec<ClaimedMint>,
    permit: &RunPermit,
    valid_until: u64,
    guard: &LeaseGuard,
) -> Result<Attempt, Stop> {
    let run = run_of(context, &claims, valid_until);
    let stop = context.hard_stop.child_token();
    let (steps, mut printed) = mpsc::channel(STEPS_MAX);
    let mut unlogged = Vec::new();
    telemetry::run_started(&run.request_id, run.orders.len());
    fault::point("spawn.before").await;
    let result = {
        let running = context.executor.run(permit, &run, steps, &stop);
        tokio::pin!(running);
        let mut tick = tokio::time::interval(STEPS_INTERVAL);
        tick.reset();
        loop {
            tokio::select! {
                result = &mut running => break result,
                Some(step) = printed.recv(), if unlogged.len() < STEPS_MAX => {
                    fault::point("step.heard").await;
                    unlogged.push(step);
                }
                _ = tick.tick(), if !unlogged.is_empty() => {
                    claims = log_steps(context, claims, std::mem::take(&mut unlogged)).await?;
                }
                () = guard.lost.cancelled(), if !stop.is_cancelled() => stop.cancel(),
            }
        }
    };
    while let Ok(step) = printed.try_recv() {
        fault::point("step.heard").await;
        unlogged.push(step);
    }
    fault::point("run.ended").await;
    // The breaker hears first: a caller who has heard of a refusal must not find it as it was before.
    context.guard.record_run(guard.basket, &result).await?;
    let basket_pause_ms = basket_pause_ms(context, &result, guard);
    let (open, block) = conclude(context, guard.basket, claims, (&run, &result), unlogged).await?;
    context.guard.refresh_figures(run.stablecoin, block).await;
    Ok(Attempt { open, basket_pause_ms })
}

/// How long the basket's runs pause: not at all, unless nothing was signed of any order, and nobody said no.
fn basket_pause_ms(context: &WorkerContext, result: &RunResult, guard: &LeaseGuard) -> i64 {
    let is_weather = |outcome: &Outcome| match outcome {
        Outcome::Unsigned { .. } => true,
        Outcome::Refused(refusal) => refusal.code.is_weather(),
        Outcome::Delivered { .. } | Outcome::Lost(_) => false,
    };
    if result.outcomes.iter().all(is_weather) {
        context.weather.bad(guard.basket.stablecoin)
    } else {
        context.weather.good(guard.basket.stablecoin);
        0
    }
}

fn run_of(context: &WorkerContext, claims: &[ClaimedMint], valid_until: u64) -> Run {
    let first = &claims[0].mint;
    Run {
        // The first mint takes part in no other run with this number.
        request_id: format!("{}.{}", first.id, first.progress.runs),
        chain_id: context.chain.chain_id(),
        stablecoin: first.order.stablecoin,
        consumer: first.order.consumer,
        valid_until,
        orders: claims.iter().map(|claim| claim.mint.order.key()).collect(),
    }
}

/// Writes down what became of each order: what the transaction proves, else what the run said about itself. Returns those
/// whose fate is open, and the block of those that were minted.
async fn conclude(
    context: &WorkerContext,
    basket: BasketId,
    claims: Vec<ClaimedMint>,
    (run, result): (&Run, &RunResult),
    steps: Vec<String>,
) -> Result<(Vec<ClaimedMint>, Option<(u64, B256)>), Stop> {
    let orders: Vec<OrderKey> = claims.iter().map(|claim| claim.mint.order.key()).collect();
    let proofs = proofs(context, basket, result, &orders).await?;
    let places = proofs.iter().flatten().map(|proof| &proof.location);
    let block = places.map(|place| (place.block_number, place.block_hash)).max();
    telemetry::run_ended(&run.request_id, &result.message());
    if let Some(evidence) = &result.evidence {
        let delivered = |outcome: &&Outcome| matches!(outcome, Outcome::Delivered { .. });
        let mints = result.outcomes.iter().filter(delivered).count();
        telemetry::run_measured(evidence, mints, context.clock.now_seconds());
    }
    let record = evidence::record_of(result);
    let mut transitions = Vec::with_capacity(claims.len());
    for (claim, proof) in claims.into_iter().zip(proofs) {
        let reference = claim.mint.order.reference;
        // A claim may have been lost on the way, so places in the run and here need not be the same.
        let at = run.orders.iter().position(|order| order.reference == reference);
        let Some(outcome) = at.and_then(|at| result.outcomes.get(at)) else { continue };
        let (event, pause_ms) = event_of(context, &claim, outcome);
        let mut transition = Transition::new(claim, vec![event]);
        (transition.pause_ms, transition.release, transition.steps) = (pause_ms, pause_ms > 0, steps.clone());
        transition.run = record.as_ref().map(|record| evidence::part_of(record, outcome));
        if let Some(proof) = proof {
            let delivered = matches!(outcome, Outcome::Delivered { .. });
            transition.events.truncate(usize::from(delivered));
            transition.events.push(Event::Minted(proof));
        }
        transitions.push(transition);
    }
    let claims = store_transitions(context, transitions).await?;
    Ok((claims.into_iter().filter(|claim| claim.held).collect(), block))
}

/// The mint events that the transaction of a run holds. Nothing else about it counts here: whoever is not in it is
/// looked for by reference.
async fn proofs(
    context: &WorkerContext,
    basket: BasketId,
    result: &RunResult,
    orders: &[OrderKey],
) -> Result<Vec<Option<MintProof>>, Stop> {
    let Some(hash) = result.reported_tx() else { return Ok(vec![None; orders.len()]) };
    fault::point("look.before").await;
    let look = context.chain.read_transaction(hash, orders).await;
    fault::point("look.after").await;
    let look = match look {
        Ok(look) => look,
        Err(error) => {
            tracing::warn!(error = with_causes(&error), "the transaction of a run could not be read yet");
            return Ok(vec![None; orders.len()]);
        }
    };
    if let Some(gas) = look.wasted() {
        context.guard.record_waste(basket, gas).await?;
    }
    let lookups = look.orders;
    if let Some(first) = orders.first() {
        match lookups.as_slice() {
            [Some(MintLookup::Reverted), ..] => context.batch_limit.reverted(first.stablecoin, orders.len()),
            [Some(_), ..] => context.batch_limit.succeeded(first.stablecoin, orders.len()),
            _ => {}
        }
    }
    let minted = |lookup| match lookup {
        Some(MintLookup::Minted(proof)) => Some(proof),
        _ => None,
    };
    Ok(lookups.into_iter().map(minted).collect())
}

/// What a run said about an order as an event, and the pause before the order is looked at again.
fn event_of(context: &WorkerContext, claim: &ClaimedMint, outcome: &Outcome) -> (Event, i64) {
    let pause_ms = backoff_ms(claim);
    match outcome {
        Outcome::Delivered { reported_tx } => (Event::Delivered { reported_tx: *reported_tx }, 0),
        Outcome::Refused(refusal) => {
            let failure = failure_map::of_refusal(refusal, &claim.mint.order);
            // Whose the reference is, the chain tells at the next look.
            let is_no = failure.code.is_refusal() && failure.code != FailureCode::DuplicateReference;
            if is_no { (Event::Refused(failure), 0) } else { (Event::Unsigned(failure), pause_ms) }
        }
        Outcome::Unsigned { code, .. } => (Event::Unsigned(failure_map::of_unsigned(*code)), pause_ms),
        Outcome::Lost(_) => {
            let pause_ms = if context.hard_stop.is_cancelled() { 0 } else { pause_ms };
            let detail = "the workflow ended without a result";
            (Event::Lost(Failure::new(FailureCode::WorkflowFailed, detail)), pause_ms)
        }
    }
}

/// Logs the steps of a long run while it goes on.
async fn log_steps(
    context: &WorkerContext,
    claims: Vec<ClaimedMint>,
    steps: Vec<String>,
) -> Result<Vec<ClaimedMint>, Stop> {
    let with_steps = |claim| Transition { steps: steps.clone(), ..Transition::new(claim, Vec::new()) };
    store_transitions(context, claims.into_iter().map(with_steps).collect()).await
}
