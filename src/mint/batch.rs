//! Mints that wait for one basket, carried out together in one run of the workflow.
//!
//! 1. ask the breaker, and the consumer for its opinion of all orders at once (which is also the proof that none of the
//!    references is used);
//! 2. take a transmitter key, and write "executing" with `validUntil` for each;
//! 3. only then start the run; read what its transaction proves; write down what became of each.
//!
//! While runs are under way, what comes in gathers and travels in the next one; nothing waits while there is room. One
//! refused order never stops the others: each has its own verdict on chain, its own state and its own answer.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::state::Event;
use super::worker::{Claim, Hold, LOOK_PAUSE_MS, Note, Stop, WAIT_PAUSE_MS, Worker};
use super::{Code, Failure, judgement};
use crate::chain::{Head, Look, MintProof, Wanted};
use crate::fault;
use crate::observe;
use crate::store::lease::SlotLease;
use crate::workflow::{Ended, Outcome, Run, RunOrder};

/// Automatic attempts for one request (and again after each retry on purpose).
pub(super) const ATTEMPTS_MAX: u32 = 3;
/// Pause before the second attempt; doubles each time.
const BACKOFF_MS: i64 = 500;
/// A report stays valid this much longer than its run may take.
const VALIDITY_MARGIN: Duration = Duration::from_secs(60);
/// The consumer refuses reports that are valid for more than 15 minutes; stay below it.
pub(super) const VALIDITY_MAX: Duration = Duration::from_secs(840);
/// Steps of one run that become events.
const STEPS_MAX: usize = 16;
/// How often those who watch a long run are told its steps; a short one tells them with its outcome.
const TELL: Duration = Duration::from_millis(200);

impl Worker {
    /// Carries out the mints of one basket that were claimed together; none of them has a report that may be signed.
    pub(super) async fn mint(&self, claims: Vec<Claim>, hold: &Hold) -> Result<(), Stop> {
        let Some(consumer) = claims.first().map(|claim| claim.mint.order.consumer) else { return Ok(()) };
        let pass = self.may_start(&claims.iter().collect::<Vec<_>>()).await?;
        let claims: Vec<Claim> = claims.into_iter().filter(|claim| pass.contains(&claim.mint.id)).collect();
        if claims.is_empty() || self.soft_stop.is_cancelled() {
            let pause = if self.soft_stop.is_cancelled() { 0 } else { WAIT_PAUSE_MS };
            return self.rest_all(hold, pause).await;
        }
        let wanted: Vec<Wanted> = claims.iter().map(|claim| claim.mint.order.wanted()).collect();
        fault::point("look.before").await;
        let (verdicts, head) = tokio::join!(self.chain.preview(consumer, &wanted), self.chain.head());
        fault::point("look.after").await;
        let (verdicts, head) = match (verdicts, head) {
            (Ok(verdicts), Ok(head)) => (verdicts, head),
            (Err(error), _) | (_, Err(error)) => {
                claims.iter().for_each(|claim| observe::stuck(&claim.mint, &error));
                return self.rest_all(hold, WAIT_PAUSE_MS).await;
            }
        };
        let (mut go, mut refused, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for (claim, verdict) in claims.into_iter().zip(verdicts) {
            match verdict.code {
                0 => go.push(claim),
                // Used: the chain tells by whom.
                3 => open.push(claim),
                _ => refused.push(Note::new(claim, vec![Event::Refused(judgement::of_verdict(verdict))])),
            }
        }
        self.note_all(refused).await?;
        open.extend(self.attempt(go, head, hold).await?);
        let settled = join_all(open.into_iter().map(|claim| self.settle(claim, hold))).await;
        settled.into_iter().filter(|done| !matches!(done, Err(Stop::Stale))).collect::<Result<(), Stop>>()?;
        self.rest_all(hold, LOOK_PAUSE_MS).await
    }

    /// Ids of those for which the breaker lets a run begin.
    pub(super) async fn may_start(&self, claims: &[&Claim]) -> Result<Vec<Uuid>, Stop> {
        let ids: Vec<Uuid> = claims.iter().map(|claim| claim.mint.id).collect();
        match (&self.desk, claims.first()) {
            (Some(desk), Some(first)) => Ok(desk.may_start(first.mint.order.consumer, &ids).await?),
            _ => Ok(ids),
        }
    }

    /// One run of the workflow, begun in the store before it begins on the machine. Returns those whose fate is open;
    /// the others were given back.
    pub(super) async fn attempt(
        &self,
        claims: Vec<Claim>,
        head: Head,
        hold: &Hold,
    ) -> Result<Vec<Claim>, Stop> {
        if claims.is_empty() {
            return Ok(claims);
        }
        let Some(slot) = self.store.claim_slot(self.settings.transmitters, self.settings.lease).await? else {
            // Every key is busy.
            for claim in &claims {
                self.rest(claim, LOOK_PAUSE_MS).await?;
            }
            return Ok(Vec::new());
        };
        fault::point("slot.after").await;
        let validity = (self.settings.run_timeout + VALIDITY_MARGIN).min(VALIDITY_MAX);
        let valid_until = self.clock.now_seconds().max(head.timestamp) + validity.as_secs();
        let start = || vec![Event::Absent, Event::Start { valid_until, from_block: head.number + 1 }];
        let begun = self.note_all(claims.into_iter().map(|claim| Note::new(claim, start())).collect()).await;
        let done = match begun {
            Ok(claims) if claims.is_empty() => Ok(claims),
            Ok(claims) => self.run(claims, slot, valid_until, hold).await,
            Err(stop) => Err(stop),
        };
        // If this fails, the lease ends by itself.
        let _ = self.store.hold_slot(slot, Duration::ZERO).await;
        done
    }

    async fn run(
        &self,
        mut claims: Vec<Claim>,
        slot: SlotLease,
        valid_until: u64,
        hold: &Hold,
    ) -> Result<Vec<Claim>, Stop> {
        let run = self.orders(&claims, slot, valid_until);
        let (slot_lost, _heartbeat) = self.hold_slot(slot);
        let stop = self.hard_stop.child_token();
        let (steps, mut heard) = mpsc::channel(STEPS_MAX);
        let mut untold = Vec::new();
        observe::run_started(&run.request_id, slot.slot, run.orders.len());
        fault::point("spawn.before").await;
        let ended = {
            let running = self.executor.run(&run, steps, &stop);
            tokio::pin!(running);
            let mut tick = tokio::time::interval(TELL);
            tick.reset();
            loop {
                tokio::select! {
                    ended = &mut running => break ended,
                    Some(step) = heard.recv(), if untold.len() < STEPS_MAX => {
                        fault::point("step.heard").await;
                        untold.push(step);
                    }
                    _ = tick.tick(), if !untold.is_empty() => {
                        claims = self.tell(claims, std::mem::take(&mut untold)).await?;
                    }
                    () = hold.lost.cancelled(), if !stop.is_cancelled() => stop.cancel(),
                    () = slot_lost.cancelled(), if !stop.is_cancelled() => stop.cancel(),
                }
            }
        };
        while let Ok(step) = heard.try_recv() {
            fault::point("step.heard").await;
            untold.push(step);
        }
        fault::point("run.ended").await;
        // The breaker hears first: a caller who has heard of a refusal must not find it as it was before.
        if let Some(desk) = &self.desk {
            desk.weigh(run.consumer, &ended).await?;
        }
        let open = self.conclude(claims, &run, &ended, untold).await?;
        if let Some(desk) = &self.desk {
            desk.refresh(run.consumer).await;
        }
        Ok(open)
    }

    fn orders(&self, claims: &[Claim], slot: SlotLease, valid_until: u64) -> Run {
        let first = &claims[0].mint;
        let order = |claim: &Claim| RunOrder {
            reference: claim.mint.order.reference,
            account: claim.mint.order.beneficiary,
            amount: claim.mint.order.amount,
        };
        Run {
            // The first mint takes part in no other run with this number of attempts.
            request_id: format!("{}.{}", first.id, first.progress.attempts),
            chain_id: self.chain.chain_id(),
            stablecoin: first.order.stablecoin,
            consumer: first.order.consumer,
            valid_until,
            orders: claims.iter().map(order).collect(),
            slot: slot.slot,
        }
    }

    /// Writes down what became of each order: what the transaction proves, else what the run said about itself.
    async fn conclude(
        &self,
        claims: Vec<Claim>,
        run: &Run,
        ended: &Ended,
        steps: Vec<String>,
    ) -> Result<Vec<Claim>, Stop> {
        let wanted: Vec<Wanted> = claims.iter().map(|claim| claim.mint.order.wanted()).collect();
        let proofs = self.proofs(ended, &wanted).await;
        observe::run_ended(&run.request_id, &ended.words());
        let mut notes = Vec::with_capacity(claims.len());
        for (claim, proof) in claims.into_iter().zip(proofs) {
            let reference = claim.mint.order.reference;
            // A claim may have been lost on the way, so places in the run and here need not be the same.
            let at = run.orders.iter().position(|order| order.reference == reference);
            let Some(outcome) = at.and_then(|at| ended.outcomes.get(at)) else { continue };
            let (event, pause_ms) = self.said(&claim, outcome);
            let mut note = Note::new(claim, vec![event]);
            (note.pause_ms, note.release, note.steps) = (pause_ms, pause_ms > 0, steps.clone());
            if let Some(proof) = proof {
                let delivered = matches!(outcome, Outcome::Delivered { .. });
                note.events.truncate(usize::from(delivered));
                note.events.push(Event::Minted(proof));
            }
            notes.push(note);
        }
        let claims = self.note_all(notes).await?;
        Ok(claims.into_iter().filter(|claim| claim.held).collect())
    }

    /// The mint events that the transaction of a run holds. Nothing else about it counts here: whoever is not in it is
    /// looked for by reference.
    async fn proofs(&self, ended: &Ended, wanted: &[Wanted]) -> Vec<Option<MintProof>> {
        let hash = ended.outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Delivered { claim } => *claim,
            _ => None,
        });
        let Some(hash) = hash else { return vec![None; wanted.len()] };
        fault::point("look.before").await;
        let looks = self.chain.judge(hash, wanted).await;
        fault::point("look.after").await;
        let looks = looks.unwrap_or_else(|error| {
            tracing::warn!(%error, "the transaction of a run could not be read yet");
            vec![None; wanted.len()]
        });
        if let Some(first) = wanted.first() {
            match looks.as_slice() {
                [Some(Look::Reverted), ..] => self.sizes.reverted(first.consumer, wanted.len()),
                [Some(_), ..] => self.sizes.succeeded(first.consumer, wanted.len()),
                _ => {}
            }
        }
        let minted = |look| match look {
            Some(Look::Minted(proof)) => Some(proof),
            _ => None,
        };
        looks.into_iter().map(minted).collect()
    }

    /// What a run said about an order as an event, and the pause before the order is looked at again.
    fn said(&self, claim: &Claim, outcome: &Outcome) -> (Event, i64) {
        let again = attempts_spent(claim) < ATTEMPTS_MAX;
        let pause = backoff(claim);
        let broken = |detail: &str| Failure::new(Code::WorkflowFailed, detail);
        match outcome {
            Outcome::Delivered { claim } => (Event::Delivered { claim: *claim }, 0),
            Outcome::Refused(refusal) => {
                let failure = judgement::of_refusal(refusal, &claim.mint.order);
                let ask_again = failure.code.is_transient() || failure.code == Code::DuplicateReference;
                if ask_again && again {
                    (Event::Unstarted { failure, again }, pause)
                } else {
                    (Event::Refused(failure), 0)
                }
            }
            Outcome::Unstarted(_) => {
                (Event::Unstarted { failure: broken("the workflow could not be started"), again: false }, 0)
            }
            Outcome::Lost(_) => {
                let pause = if self.hard_stop.is_cancelled() { 0 } else { pause };
                (Event::Lost(broken("the workflow ended without a result")), pause)
            }
        }
    }

    /// Tells those who watch what a long run does.
    async fn tell(&self, claims: Vec<Claim>, steps: Vec<String>) -> Result<Vec<Claim>, Stop> {
        let told = |claim| Note { steps: steps.clone(), ..Note::new(claim, Vec::new()) };
        self.note_all(claims.into_iter().map(told).collect()).await
    }
}

/// Attempts of the present budget.
pub(super) const fn attempts_spent(claim: &Claim) -> u32 {
    claim.mint.progress.attempts - claim.mint.progress.budget_from
}

/// Milliseconds before the next attempt; more each time.
pub(super) fn backoff(claim: &Claim) -> i64 {
    BACKOFF_MS << attempts_spent(claim).min(6)
}
