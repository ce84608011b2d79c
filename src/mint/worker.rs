//! The worker: claims a mint, drives it to its end, and never believes anything but the chain.
//!
//! One claim, step by step:
//! 1. ask the chain what became of the reference: minted, refused, taken by another order, or unused;
//! 2. if unused: ask the consumer for its opinion, take a transmitter key, and write "executing" with `validUntil`;
//! 3. only then start the workflow; write down what it says;
//! 4. back to 1.
//!
//! A crash between any two steps is the same as a pause: the next holder of the claim starts at 1. What was being
//! executed then counts as lost, which means: perhaps signed. A second attempt is safe because the consumer accepts a
//! reference once; an end without a mint is declared only when every report that may exist has provably lapsed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::service::{event_kind, json as to_json};
use super::state::{Event, State, apply};
use super::{Code, Failure, Mint, judgement, view};
use crate::chain::{Chain, ChainError, Look, Place};
use crate::clock::Clock;
use crate::fault;
use crate::observe;
use crate::reserve::Desk;
use crate::store::lease::{SlotLease, Work};
use crate::store::{Change, Changed, MintRow, NEVER_MS, Store, StoreError};
use crate::workflow::{Executor, Outcome, Run};

/// Automatic attempts for one request (and again after each retry on purpose).
const ATTEMPTS_MAX: u32 = 3;
/// Pause before the second attempt; doubles each time.
const BACKOFF_MS: i64 = 500;
/// How long a delivered report may stay invisible before its outcome counts as uncertain.
const SETTLE_MS: i64 = 20_000;
/// Pause between two looks at a chain that has no answer yet.
const LOOK_PAUSE_MS: i64 = 250;
/// Pause where only time can help: a lapse, finality, a chain that does not answer.
const WAIT_PAUSE_MS: i64 = 1_000;
/// Longest pause between two looks at a mint that waits for finality.
const FINALITY_PAUSE_MAX_MS: i64 = 15_000;
/// A report stays valid this much longer than its run may take.
const VALIDITY_MARGIN: Duration = Duration::from_secs(60);
/// The consumer refuses reports that are valid for more than 15 minutes; stay below it.
const VALIDITY_MAX: Duration = Duration::from_secs(840);
/// How long an idle worker sleeps when nothing wakes it.
const IDLE: Duration = Duration::from_millis(250);
/// Steps of one run that become events.
const STEPS_MAX: usize = 16;

/// What the worker needs to know.
#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// Mints driven at once.
    pub concurrency: usize,
    /// Transmitter keys that exist.
    pub transmitters: usize,
    /// Lease of a claim.
    pub lease: Duration,
    /// Deadline of a run.
    pub run_timeout: Duration,
}

/// Drives mints.
#[derive(Clone, Debug)]
pub struct Worker {
    /// The store.
    pub store: Store,
    /// The chain.
    pub chain: Chain,
    /// What runs workflows.
    pub executor: Executor,
    /// Reserves and breaker; `None` = nothing but the chain itself stops a mint.
    pub desk: Option<Desk>,
    /// The clock.
    pub clock: Clock,
    /// Settings.
    pub settings: WorkerSettings,
    /// Where tasks are spawned.
    pub tasks: TaskTracker,
    /// Fires when no new work may begin.
    pub soft_stop: CancellationToken,
    /// Fires when running workflows must end.
    pub hard_stop: CancellationToken,
}

/// Why work on a claim ended early; the next claim goes on.
enum Stop {
    /// Another holder took over, or a caller changed the mint.
    Stale,
    /// The store does not answer.
    Store,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = ?error, "the store failed under the worker");
        Self::Store
    }
}

/// A mint that this process holds.
struct Claim {
    mint: Mint,
    fence: i64,
    lost: CancellationToken,
    _heartbeat: DropGuard,
}

/// What to do after a step.
enum Next {
    /// Another step at once.
    Go,
    /// The claim was given back.
    Done,
}

impl Worker {
    /// Drives mints until the soft stop; runs that are under way then go on until they end or the hard stop fires.
    pub async fn drive(self) {
        let worker = Arc::new(self);
        let room = Arc::new(Semaphore::new(worker.settings.concurrency));
        let mut signals = worker.store.listen();
        loop {
            let permit = tokio::select! {
                () = worker.soft_stop.cancelled() => return,
                permit = Arc::clone(&room).acquire_owned() => permit,
            };
            let Ok(permit) = permit else { return };
            match worker.store.claim(Work::Drive, worker.settings.lease).await {
                Ok(Some(row)) => {
                    let worker_of_mint = Arc::clone(&worker);
                    worker.tasks.spawn(async move {
                        worker_of_mint.work_on(&row, Work::Drive).await;
                        drop(permit);
                    });
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(error = ?error, "the store failed under the worker"),
            }
            drop(permit);
            tokio::select! {
                () = worker.soft_stop.cancelled() => return,
                _ = signals.recv() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }

    /// Watches minted references until their blocks are final.
    pub async fn watch(self) {
        while !self.soft_stop.is_cancelled() {
            if self.turn(Work::Watch).await {
                continue;
            }
            tokio::select! {
                () = self.soft_stop.cancelled() => return,
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }

    /// Claims one mint and works on it; `false` when none is due or the store does not answer.
    pub async fn turn(&self, work: Work) -> bool {
        match self.store.claim(work, self.settings.lease).await {
            Ok(Some(row)) => {
                self.work_on(&row, work).await;
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::error!(error = ?error, "the store failed under the worker");
                false
            }
        }
    }

    async fn work_on(&self, row: &MintRow, work: Work) {
        let mint = match Mint::try_from(row) {
            Ok(mint) => mint,
            Err(failure) => {
                tracing::error!(id = %row.id, detail = %failure.detail, "a stored mint is unreadable");
                return;
            }
        };
        fault::point("claim.after").await;
        let (lost, heartbeat) = self.hold(row.id.clone(), row.fence);
        let mut claim = Claim { mint, fence: row.fence, lost, _heartbeat: heartbeat };
        let done = match work {
            Work::Drive => self.steps(&mut claim).await,
            Work::Watch => self.finality(&mut claim).await,
        };
        if matches!(done, Err(Stop::Stale)) {
            observe::claim_lost(&claim.mint);
        }
    }

    /// Prolongs a claim until the guard is dropped; the token fires when the claim is lost.
    fn hold(&self, id: String, fence: i64) -> (CancellationToken, DropGuard) {
        let lost = CancellationToken::new();
        let end = CancellationToken::new();
        let (store, lease) = (self.store.clone(), self.settings.lease);
        let (lost_too, end_too) = (lost.clone(), end.clone());
        self.tasks.spawn(async move {
            let mut missed = 0;
            while missed < 3 {
                tokio::select! {
                    () = end_too.cancelled() => return,
                    () = tokio::time::sleep(lease / 4) => {}
                }
                match store.hold(&id, fence, lease).await {
                    Ok(true) => missed = 0,
                    Ok(false) => break,
                    Err(_) => missed += 1,
                }
            }
            lost_too.cancel();
        });
        (lost, end.drop_guard())
    }

    async fn steps(&self, claim: &mut Claim) -> Result<(), Stop> {
        if claim.mint.progress.state == State::Executing {
            let why = Failure::new(Code::WorkflowFailed, "the gateway stopped while the workflow ran");
            self.note(claim, &[Event::Lost(why)], 0).await?;
        }
        while !claim.mint.progress.state.is_answered() && !claim.lost.is_cancelled() {
            if self.soft_stop.is_cancelled() {
                return self.rest(claim, 0).await;
            }
            match self.step(claim).await? {
                Next::Go => {}
                Next::Done => return Ok(()),
            }
        }
        // Minted mints are watched from now on; ended ones are never due again.
        let due = if claim.mint.progress.state == State::Minted { self.clock.now_ms() } else { NEVER_MS };
        self.rest_until(claim, due).await
    }

    /// Asks the chain, and acts on the answer.
    async fn step(&self, claim: &mut Claim) -> Result<Next, Stop> {
        let progress = &claim.mint.progress;
        let wanted = claim.mint.order.wanted();
        fault::point("look.before").await;
        let look = self.chain.look(&wanted, progress.claim, progress.attempt_from_block).await;
        fault::point("look.after").await;
        match look {
            Ok(Look::Minted(proof)) => self.note(claim, &[Event::Minted(proof)], 0).await.map(|()| Next::Go),
            Ok(Look::Conflict) => {
                let why = Failure::new(
                    Code::DuplicateReference,
                    "this bank reference was minted before for another beneficiary or amount",
                );
                self.note(claim, &[Event::Conflict(why)], 0).await.map(|()| Next::Go)
            }
            Ok(Look::Refused { place, verdict }) if progress.state != State::Queued => {
                self.refused_on_chain(claim, place, judgement::of_verdict(verdict)).await
            }
            Ok(Look::Reverted) if progress.state == State::Submitted => {
                let why =
                    Failure::new(Code::WorkflowFailed, "the consumer did not accept the delivered report");
                let pause = Self::backoff(claim);
                self.note(claim, &[Event::Lost(why)], pause).await?;
                self.rest(claim, pause).await.map(|()| Next::Done)
            }
            Ok(Look::Absent | Look::Reverted | Look::Refused { .. }) => self.absent(claim).await,
            Err(error) => self.blind(claim, &error).await,
        }
    }

    async fn blind(&self, claim: &Claim, error: &ChainError) -> Result<Next, Stop> {
        observe::stuck(&claim.mint, error);
        self.rest(claim, WAIT_PAUSE_MS).await.map(|()| Next::Done)
    }

    /// A refusal event counts once its block is final: until then a re-organisation could bring the report back.
    async fn refused_on_chain(&self, claim: &mut Claim, place: Place, why: Failure) -> Result<Next, Stop> {
        if claim.mint.progress.refusal.as_ref() != Some(&place) {
            let seen = Event::RefusalSeen { place: place.clone(), failure: why.clone() };
            self.note(claim, &[seen], WAIT_PAUSE_MS).await?;
        }
        let is_final = match self.chain.final_head().await {
            Ok(head) => head.number >= place.block_number,
            Err(error) => return self.blind(claim, &error).await,
        };
        if is_final && claim.mint.progress.exposed_attempts <= 1 {
            return self.note(claim, &[Event::RefusalFinal], 0).await.map(|()| Next::Go);
        }
        if is_final && claim.mint.progress.state == State::Submitted {
            // This report is spent, but an earlier attempt may have left another one: only time ends that.
            self.note(claim, &[Event::Lost(why)], 0).await?;
        }
        self.lapse(claim).await
    }

    /// The reference is unused.
    async fn absent(&self, claim: &mut Claim) -> Result<Next, Stop> {
        if claim.mint.progress.refusal.is_some() {
            self.note(claim, &[Event::RefusalGone], 0).await?;
            return Ok(Next::Go);
        }
        if claim.mint.progress.state == State::Submitted {
            return self.settle(claim).await;
        }
        let spent = claim.mint.progress.attempts - claim.mint.progress.budget_from;
        if spent >= ATTEMPTS_MAX {
            return self.lapse(claim).await;
        }
        if let Some(desk) = &self.desk
            && !desk.may_start(claim.mint.order.consumer, claim.mint.id).await?
        {
            // The breaker is open: what was accepted before waits, and what was signed may still lapse.
            return match claim.mint.progress.state {
                State::Uncertain => self.lapse(claim).await,
                _ => self.rest(claim, WAIT_PAUSE_MS).await.map(|()| Next::Done),
            };
        }
        match self.chain.preview(&claim.mint.order.wanted()).await {
            Ok(verdict) if verdict.code == 0 => self.attempt(claim).await,
            // Used between the two questions: the next look says by whom.
            Ok(verdict) if verdict.code == 3 => self.rest(claim, LOOK_PAUSE_MS).await.map(|()| Next::Done),
            Ok(verdict) => {
                let why = judgement::of_verdict(verdict);
                if claim.mint.progress.state == State::Queued
                    || claim.mint.progress.failure.as_ref() != Some(&why)
                {
                    self.note(claim, &[Event::Refused(why)], WAIT_PAUSE_MS).await?;
                }
                if claim.mint.progress.state == State::Uncertain {
                    self.lapse(claim).await
                } else {
                    Ok(Next::Go)
                }
            }
            Err(error) => self.blind(claim, &error).await,
        }
    }

    /// A report was delivered, says the workflow; the chain does not show it (yet).
    async fn settle(&self, claim: &mut Claim) -> Result<Next, Stop> {
        if self.clock.now_ms() - claim.mint.updated_at < SETTLE_MS {
            return self.rest(claim, LOOK_PAUSE_MS).await.map(|()| Next::Done);
        }
        let why = Failure::new(
            Code::WorkflowFailed,
            "the workflow reported a delivery that the chain does not show",
        );
        self.note(claim, &[Event::Lost(why)], 0).await.map(|()| Next::Go)
    }

    /// Ends an uncertain mint once every report that may exist has lapsed in a final block without using the reference.
    async fn lapse(&self, claim: &mut Claim) -> Result<Next, Stop> {
        let wanted = claim.mint.order.wanted();
        let lapsed = async {
            let head = self.chain.final_head().await?;
            if claim.mint.progress.state != State::Uncertain
                || head.timestamp <= claim.mint.progress.exposed_until
            {
                return Ok(false);
            }
            self.chain.is_unused_at(&wanted, head.number).await
        };
        match lapsed.await {
            Ok(true) => self.note(claim, &[Event::Expired], 0).await.map(|()| Next::Go),
            Ok(false) => self.rest(claim, WAIT_PAUSE_MS).await.map(|()| Next::Done),
            Err(error) => self.blind(claim, &error).await,
        }
    }

    /// One run of the workflow, begun in the store before it begins on the machine.
    async fn attempt(&self, claim: &mut Claim) -> Result<Next, Stop> {
        let head = match self.chain.head().await {
            Ok(head) => head,
            Err(error) => return self.blind(claim, &error).await,
        };
        let Some(slot) = self.store.claim_slot(self.settings.transmitters, self.settings.lease).await? else {
            return self.rest(claim, LOOK_PAUSE_MS).await.map(|()| Next::Done);
        };
        fault::point("slot.after").await;
        let validity = (self.settings.run_timeout + VALIDITY_MARGIN).min(VALIDITY_MAX);
        let valid_until = self.clock.now_seconds().max(head.timestamp) + validity.as_secs();
        let start = Event::Start { valid_until, from_block: head.number + 1 };
        let done = match self.note(claim, &[Event::Absent, start], 0).await {
            Ok(()) => self.run(claim, slot, valid_until).await,
            Err(stop) => Err(stop),
        };
        // If this fails, the lease ends by itself.
        let _ = self.store.hold_slot(slot, Duration::ZERO).await;
        done
    }

    async fn run(&self, claim: &mut Claim, slot: SlotLease, valid_until: u64) -> Result<Next, Stop> {
        let order = &claim.mint.order;
        let run = Run {
            request_id: format!("{}.{}", claim.mint.id, claim.mint.progress.attempts),
            chain_id: self.chain.chain_id(),
            stablecoin: order.stablecoin,
            consumer: order.consumer,
            valid_until,
            reference: order.reference,
            account: order.beneficiary,
            amount: order.amount,
            slot: slot.slot,
        };
        let (slot_lost, _heartbeat) = self.hold_slot(slot);
        let stop = self.hard_stop.child_token();
        let (steps, mut heard) = mpsc::channel(STEPS_MAX);
        observe::run_started(&run.request_id, slot.slot);
        fault::point("spawn.before").await;
        let ended = {
            let running = self.executor.run(&run, steps, &stop);
            tokio::pin!(running);
            let mut told = 0;
            loop {
                tokio::select! {
                    ended = &mut running => break ended,
                    Some(step) = heard.recv(), if told < STEPS_MAX => {
                        told += 1;
                        fault::point("step.heard").await;
                        if self.tell(claim, &step).await.is_err() {
                            stop.cancel();
                        }
                    }
                    () = claim.lost.cancelled(), if !stop.is_cancelled() => stop.cancel(),
                    () = slot_lost.cancelled(), if !stop.is_cancelled() => stop.cancel(),
                }
            }
        };
        fault::point("run.ended").await;
        if let Some(desk) = &self.desk {
            desk.weigh(run.consumer, &ended).await?;
        }
        self.ended(claim, &run.request_id, ended.outcome).await
    }

    /// Writes down what a run said about itself.
    async fn ended(&self, claim: &mut Claim, request_id: &str, outcome: Outcome) -> Result<Next, Stop> {
        let spent = claim.mint.progress.attempts - claim.mint.progress.budget_from;
        let pause = Self::backoff(claim);
        let again = spent < ATTEMPTS_MAX;
        let broken = |detail: &str| Failure::new(Code::WorkflowFailed, detail);
        let (event, pause) = match outcome {
            Outcome::Delivered { claim: hash } => {
                observe::run_ended(request_id, "delivered");
                (Event::Delivered { claim: hash }, 0)
            }
            Outcome::Refused(refusal) => {
                observe::run_ended(request_id, &refusal.code);
                let failure = judgement::of_refusal(&refusal, &claim.mint.order);
                let ask_again = failure.code.is_transient() || failure.code == Code::DuplicateReference;
                if ask_again && again {
                    (Event::Unstarted { failure, again }, pause)
                } else {
                    (Event::Refused(failure), 0)
                }
            }
            Outcome::Unstarted(words) => {
                observe::run_ended(request_id, &words);
                (Event::Unstarted { failure: broken("the workflow could not be started"), again: false }, 0)
            }
            Outcome::Lost(words) => {
                observe::run_ended(request_id, &words);
                let pause = if self.hard_stop.is_cancelled() { 0 } else { pause };
                (Event::Lost(broken("the workflow ended without a result")), pause)
            }
        };
        self.note(claim, &[event], pause).await?;
        if pause == 0 {
            return Ok(Next::Go);
        }
        self.rest(claim, pause).await.map(|()| Next::Done)
    }

    /// Milliseconds before the next attempt; more each time.
    fn backoff(claim: &Claim) -> i64 {
        BACKOFF_MS << (claim.mint.progress.attempts - claim.mint.progress.budget_from).min(6)
    }

    fn hold_slot(&self, slot: SlotLease) -> (CancellationToken, DropGuard) {
        let lost = CancellationToken::new();
        let end = CancellationToken::new();
        let (store, lease) = (self.store.clone(), self.settings.lease);
        let (lost_too, end_too) = (lost.clone(), end.clone());
        self.tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = end_too.cancelled() => return,
                    () = tokio::time::sleep(lease / 4) => {}
                }
                if let Ok(false) = store.hold_slot(slot, lease).await {
                    lost_too.cancel();
                    return;
                }
            }
        });
        (lost, end.drop_guard())
    }

    /// A minted reference: final, still there, or gone.
    async fn finality(&self, claim: &mut Claim) -> Result<(), Stop> {
        let Some(proof) = claim.mint.progress.proof.clone() else { return Ok(()) };
        fault::point("finality.before").await;
        let seen = async {
            let head = self.chain.final_head().await?;
            Ok::<_, ChainError>((head, self.chain.is_canonical(&proof.place).await?))
        };
        match seen.await {
            Ok((head, true)) if head.number >= proof.place.block_number => {
                self.note(claim, &[Event::Finalized], 0).await?;
                self.rest_until(claim, NEVER_MS).await
            }
            Ok((_, true)) => {
                let age = self.clock.now_ms() - claim.mint.updated_at;
                self.rest(claim, (age / 8).clamp(WAIT_PAUSE_MS, FINALITY_PAUSE_MAX_MS)).await
            }
            Ok((head, false)) => {
                let until = self.clock.now_seconds().max(head.timestamp) + VALIDITY_MAX.as_secs();
                self.note(claim, &[Event::Unseen { until }], 0).await?;
                self.rest(claim, 0).await
            }
            Err(error) => self.blind(claim, &error).await.map(|_| ()),
        }
    }

    /// Applies events and stores the result; the claim stays. `pause_ms` is when the mint is due should we vanish now.
    async fn note(&self, claim: &mut Claim, events: &[Event], pause_ms: i64) -> Result<(), Stop> {
        let mut next = claim.mint.progress.clone();
        for event in events {
            next = apply(&next, event).map_err(|illegal| {
                tracing::error!(mint_id = %claim.mint.id, %illegal, "the worker's step does not fit");
                Stop::Stale
            })?;
        }
        let data = Value::Object(view::progress(&next)).to_string();
        let now = self.clock.now_ms();
        let change = Change {
            id: claim.mint.id.to_string(),
            version: claim.mint.version,
            fence: Some(claim.fence),
            state: next.state.word(),
            progress_json: to_json(&next).map_err(|_| Stop::Store)?,
            due_at: if next.state.is_terminal() { NEVER_MS } else { now + pause_ms },
            release: next.state.is_terminal(),
            events: vec![(event_kind(next.state), data)],
        };
        fault::point("note.before").await;
        let changed = self.store.change(change).await?;
        fault::point("note.after").await;
        match changed {
            Changed::Done(version) => {
                claim.mint.progress = next;
                claim.mint.version = version;
                claim.mint.updated_at = now;
                observe::moved(&claim.mint);
                Ok(())
            }
            Changed::Stale => Err(Stop::Stale),
        }
    }

    /// Logs a step of the run for those who watch.
    async fn tell(&self, claim: &mut Claim, step: &str) -> Result<(), Stop> {
        let change = Change {
            id: claim.mint.id.to_string(),
            version: claim.mint.version,
            fence: Some(claim.fence),
            state: claim.mint.progress.state.word(),
            progress_json: to_json(&claim.mint.progress).map_err(|_| Stop::Store)?,
            due_at: self.clock.now_ms(),
            release: false,
            events: vec![("mint.step", json!({ "text": step }).to_string())],
        };
        match self.store.change(change).await? {
            Changed::Done(version) => {
                claim.mint.version = version;
                Ok(())
            }
            Changed::Stale => Err(Stop::Stale),
        }
    }

    async fn rest(&self, claim: &Claim, pause_ms: i64) -> Result<(), Stop> {
        self.rest_until(claim, self.clock.now_ms() + pause_ms).await
    }

    /// Gives the claim back; the mint is due again at `due_at`.
    async fn rest_until(&self, claim: &Claim, due_at: i64) -> Result<(), Stop> {
        fault::point("rest.before").await;
        Ok(self.store.let_go(&claim.mint.id.to_string(), claim.fence, due_at).await?)
    }
}
