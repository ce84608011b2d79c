//! Mints whose fate is open: a report may have been signed, and the chain is asked for the reference until it tells.
//!
//! 1. what was being executed when its process vanished counts as lost;
//! 2. ask the chain what became of the reference: minted, refused, taken by another order, or unused;
//! 3. if unused: ask for another attempt where the budget allows it, else wait until every report that may exist has
//!    lapsed in a final block.

use super::claim::{ClaimedMint, release_mint};
use super::context::{LOOK_PAUSE_MS, Stop, WAIT_PAUSE_MS, WorkerContext};
use super::retry::{
    ATTEMPTS_MAX, EXPIRY_MARGIN_MS, attempts_spent, backoff_ms, patience_ms, refused_or_waiting,
};
use super::transition::record;
use crate::base::fault;
use crate::chain::{ChainError, Head, MintLookup};
use crate::domain::state::{Event, State};
use crate::domain::{Failure, FailureCode, TxLocation, VerdictCode};
use crate::mint::{failure_map, telemetry};

/// How long a delivered report may stay invisible before its outcome counts as uncertain.
const SETTLE_MS: i64 = 20_000;

/// What is to be done with a mint after the chain was asked.
#[derive(Debug)]
pub(super) enum Next {
    /// Ask the chain again at once.
    LookAgain(ClaimedMint),
    /// Begin another attempt: the reference is unused, and the consumer has nothing against the order.
    Retry {
        /// The mint.
        claim: ClaimedMint,
        /// The newest block when the consumer was asked.
        head: Head,
    },
    /// Nothing for now; it was given back.
    Released,
}

/// Takes over a mint: what was being executed when its process vanished counts as lost.
pub(super) async fn adopt(context: &WorkerContext, claim: ClaimedMint) -> Result<ClaimedMint, Stop> {
    if claim.mint.progress.state != State::Executing {
        return Ok(claim);
    }
    let why = Failure::new(FailureCode::WorkflowFailed, "the gateway stopped while the workflow ran");
    record(context, claim, Event::Lost(why)).await
}

/// Asks the chain what became of the reference, and writes the answer down.
pub(super) async fn reconcile(context: &WorkerContext, claim: ClaimedMint) -> Result<Next, Stop> {
    let progress = &claim.mint.progress;
    let (state, order) = (progress.state, claim.mint.order.key());
    fault::point("look.before").await;
    let lookup = context.chain.find_mint(&order, progress.reported_tx, progress.attempt_from_block).await;
    fault::point("look.after").await;
    match lookup {
        Ok(MintLookup::Minted(proof)) => record_and_look(context, claim, Event::Minted(proof)).await,
        Ok(MintLookup::Conflict) => {
            let why = Failure::new(
                FailureCode::DuplicateReference,
                "this bank reference was minted before for another beneficiary or amount",
            );
            record_and_look(context, claim, Event::Conflict(why)).await
        }
        Ok(MintLookup::Refused { location, verdict }) if state != State::Queued => {
            handle_refusal(context, claim, location, failure_map::of_verdict(verdict)).await
        }
        Ok(MintLookup::Reverted) if state == State::Submitted => {
            let why =
                Failure::new(FailureCode::WorkflowFailed, "the consumer did not accept the delivered report");
            let pause_ms = backoff_ms(&claim);
            let claim = record(context, claim, Event::Lost(why)).await?;
            release(context, &claim, pause_ms).await
        }
        Ok(MintLookup::Absent | MintLookup::Reverted | MintLookup::Refused { .. }) => {
            handle_unused(context, claim).await
        }
        Err(error) => retry_later(context, &claim, &error).await,
    }
}

async fn record_and_look(context: &WorkerContext, claim: ClaimedMint, event: Event) -> Result<Next, Stop> {
    record(context, claim, event).await.map(Next::LookAgain)
}

async fn release(context: &WorkerContext, claim: &ClaimedMint, pause_ms: i64) -> Result<Next, Stop> {
    release_mint(context, claim, pause_ms).await.map(|()| Next::Released)
}

/// Gives it back for the longer, the longer nothing new was seen of it.
async fn release_for_a_while(
    context: &WorkerContext,
    claim: &ClaimedMint,
    least_ms: i64,
) -> Result<Next, Stop> {
    let unchanged_ms = context.clock.now_ms() - claim.mint.updated_at;
    release(context, claim, patience_ms(unchanged_ms, least_ms)).await
}

/// The chain does not answer.
async fn retry_later(context: &WorkerContext, claim: &ClaimedMint, error: &ChainError) -> Result<Next, Stop> {
    telemetry::mint_stuck(&claim.mint, error);
    release_for_a_while(context, claim, WAIT_PAUSE_MS).await
}

/// A refusal event counts once its block is final: until then a re-organisation could bring the report back.
async fn handle_refusal(
    context: &WorkerContext,
    mut claim: ClaimedMint,
    location: TxLocation,
    why: Failure,
) -> Result<Next, Stop> {
    if claim.mint.progress.refusal.as_ref() != Some(&location) {
        let seen = Event::RefusalSeen { location: location.clone(), failure: why.clone() };
        claim = record(context, claim, seen).await?;
    }
    let is_final = match context.chain.final_head().await {
        Ok(head) => head.number >= location.block_number,
        Err(error) => return retry_later(context, &claim, &error).await,
    };
    if is_final && claim.mint.progress.exposed_attempts <= 1 {
        // A policy that failed, or a proof that grew too old, has decided nothing.
        let again = !why.code.is_refusal() && attempts_spent(&claim) < ATTEMPTS_MAX;
        let claim = record(context, claim, Event::RefusalFinal { again }).await?;
        if !again {
            return Ok(Next::LookAgain(claim));
        }
        return release(context, &claim, backoff_ms(&claim)).await;
    }
    if is_final && claim.mint.progress.state == State::Submitted {
        // This report is spent, but an earlier attempt may have left another one: only time ends that.
        claim = record(context, claim, Event::Lost(why)).await?;
    }
    expire(context, claim).await
}

/// The reference is unused.
async fn handle_unused(context: &WorkerContext, claim: ClaimedMint) -> Result<Next, Stop> {
    let progress = &claim.mint.progress;
    if progress.refusal.is_some() {
        return record_and_look(context, claim, Event::RefusalGone).await;
    }
    if progress.state == State::Submitted {
        return handle_missing(context, claim).await;
    }
    let is_late = context.clock.now_ms() + EXPIRY_MARGIN_MS > progress.expires_at;
    if is_late || attempts_spent(&claim) >= ATTEMPTS_MAX {
        return expire(context, claim).await;
    }
    if context.guard.may_start(claim.mint.order.basket(), &[claim.mint.id]).await?.is_empty() {
        // The breaker is open: nothing is started, but what was signed may still lapse.
        return expire(context, claim).await;
    }
    ask_for_attempt(context, claim).await
}

/// Another attempt, if the consumer has nothing against it.
async fn ask_for_attempt(context: &WorkerContext, claim: ClaimedMint) -> Result<Next, Stop> {
    let (consumer, order) = (claim.mint.order.consumer, [claim.mint.order.key()]);
    let asked = tokio::join!(context.chain.preview(consumer, &order), context.chain.head());
    let (verdict, head) = match asked {
        (Ok(verdicts), Ok(head)) => (verdicts[0], head),
        (Err(error), _) | (_, Err(error)) => return retry_later(context, &claim, &error).await,
    };
    match verdict.code {
        VerdictCode::Accepted => Ok(Next::Retry { claim, head }),
        // Used between the two questions: the next look says by whom.
        VerdictCode::ReferenceUsed => release(context, &claim, LOOK_PAUSE_MS).await,
        _ => {
            let why = failure_map::of_verdict(verdict);
            let progress = &claim.mint.progress;
            let is_known = progress.state != State::Queued && progress.failure.as_ref() == Some(&why);
            let claim =
                if is_known { claim } else { record(context, claim, refused_or_waiting(why)).await? };
            if claim.held { expire(context, claim).await } else { Ok(Next::Released) }
        }
    }
}

/// A report was delivered, says the workflow; the chain does not show it (yet).
async fn handle_missing(context: &WorkerContext, claim: ClaimedMint) -> Result<Next, Stop> {
    if context.clock.now_ms() - claim.mint.updated_at < SETTLE_MS {
        return release_for_a_while(context, &claim, LOOK_PAUSE_MS).await;
    }
    let detail = "the workflow reported a delivery that the chain does not show";
    let why = Failure::new(FailureCode::WorkflowFailed, detail);
    record_and_look(context, claim, Event::Lost(why)).await
}

/// Ends an uncertain mint once every report that may exist has lapsed in a final block without using the reference.
async fn expire(context: &WorkerContext, claim: ClaimedMint) -> Result<Next, Stop> {
    let (progress, order) = (&claim.mint.progress, claim.mint.order.key());
    let has_lapsed = async {
        let head = context.chain.final_head().await?;
        if progress.state != State::Uncertain || head.timestamp <= progress.exposed_until {
            return Ok(false);
        }
        context.chain.is_unused_at(&order, head.number).await
    };
    match has_lapsed.await {
        Ok(true) => record_and_look(context, claim, Event::Lapsed).await,
        Ok(false) => release_for_a_while(context, &claim, WAIT_PAUSE_MS).await,
        Err(error) => retry_later(context, &claim, &error).await,
    }
}
