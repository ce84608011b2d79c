//! The worker: claims mints, drives each to its end, and never believes anything but the chain.
//!
//! Three loops share the work, each looking at the store for what is due:
//! - [`batch`](super::batch) takes what waits for one basket and carries it out in one run of the workflow;
//! - [`settle`](super::settle) takes one mint whose fate is open and asks the chain for it;
//! - [`watch`](super::watch) looks at blocks with mints until they are final.
//!
//! An intent is written before its effect: "executing" with `validUntil` is stored before a process is told anything. A
//! crash between any two steps is the same as a pause: the next holder of a claim asks the chain first. What was being
//! executed then counts as lost, which means: perhaps signed. A second attempt is safe because the consumer accepts a
//! reference once; an end without a mint is declared only when every report that may exist has provably lapsed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::service::{event_kind, json as to_json};
use super::sizes::Sizes;
use super::state::{Event, Progress, State, apply};
use super::{Mint, view};
use crate::chain::Chain;
use crate::clock::Clock;
use crate::fault;
use crate::observe;
use crate::reserve::Desk;
use crate::store::lease::{Claimed, SlotLease, Work};
use crate::store::{Change, Changed, MintedBlock, NEVER_MS, Store, StoreError};
use crate::workflow::Executor;

/// Pause between two looks at a chain that has no answer yet.
pub(super) const LOOK_PAUSE_MS: i64 = 250;
/// Pause where only time can help: a lapse, a chain that does not answer, a breaker that is open.
pub(super) const WAIT_PAUSE_MS: i64 = 1_000;
/// How long an idle loop sleeps when nothing wakes it.
const IDLE: Duration = Duration::from_millis(250);

/// What the worker needs to know.
#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// Workflow runs at once.
    pub concurrency: usize,
    /// Most mints of one basket in one run.
    pub batch_max: usize,
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
    /// How many orders a report may have.
    pub sizes: Sizes,
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
pub(super) enum Stop {
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

/// A mint that this task works on.
pub(super) struct Claim {
    pub(super) mint: Mint,
    /// Its number; `None` for a change that needs no claim.
    pub(super) fence: Option<i64>,
    /// Whether it is still this task's to work on.
    pub(super) held: bool,
}

/// What a task holds of the store while it works.
pub(super) struct Hold {
    pub(super) owner: String,
    /// Fires when nothing of it is left.
    pub(super) lost: CancellationToken,
    _heartbeat: DropGuard,
}

/// What happened to a mint, and what it means for the claim on it.
pub(super) struct Note {
    pub(super) claim: Claim,
    pub(super) events: Vec<Event>,
    /// Steps of the run that nobody was told yet.
    pub(super) steps: Vec<String>,
    /// When the mint is due again, from now.
    pub(super) pause_ms: i64,
    /// Whether the claim ends with it; it always ends with the mint.
    pub(super) release: bool,
}

impl Note {
    pub(super) const fn new(claim: Claim, events: Vec<Event>) -> Self {
        Self { claim, events, steps: Vec::new(), pause_ms: 0, release: false }
    }
}

impl Worker {
    /// Works on what is due until the soft stop; what is under way then goes on until it ends or the hard stop fires.
    pub async fn drive(self, work: Work) {
        let worker = Arc::new(self);
        let room = Arc::new(Semaphore::new(worker.settings.concurrency));
        let mut head = worker.store.head();
        loop {
            let permit = tokio::select! {
                () = worker.soft_stop.cancelled() => return,
                permit = Arc::clone(&room).acquire_owned() => permit,
            };
            let Ok(permit) = permit else { return };
            if let Some(claimed) = worker.claim(work).await {
                let worker_of_claim = Arc::clone(&worker);
                worker.tasks.spawn(async move {
                    worker_of_claim.work_on(claimed, work).await;
                    drop(permit);
                });
                continue;
            }
            drop(permit);
            tokio::select! {
                () = worker.soft_stop.cancelled() => return,
                _ = head.changed() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }

    /// Claims once and works on it; `false` when nothing is due or the store does not answer.
    pub async fn turn(&self, work: Work) -> bool {
        let Some(claimed) = self.claim(work).await else { return false };
        self.work_on(claimed, work).await;
        true
    }

    async fn claim(&self, work: Work) -> Option<Claimed> {
        let limit = self.settings.batch_max;
        let most = |consumer: &str| consumer.parse().map_or(1, |consumer| self.sizes.most(consumer, limit));
        match self.store.claim(work, self.settings.lease, most).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(error = ?error, "the store failed under the worker");
                None
            }
        }
    }

    async fn work_on(&self, claimed: Claimed, work: Work) {
        let mut claims = Vec::with_capacity(claimed.rows.len());
        for row in &claimed.rows {
            match Mint::try_from(row) {
                Ok(mint) => claims.push(Claim { mint, fence: Some(row.fence), held: true }),
                Err(failure) => {
                    tracing::error!(id = %row.id, detail = %failure.detail, "a stored mint is unreadable");
                }
            }
        }
        fault::point("claim.after").await;
        let hold = self.hold(claimed.owner);
        let done = match work {
            Work::Mint => self.mint(claims, &hold).await,
            Work::Settle => self.settle_all(claims, &hold).await,
        };
        if matches!(done, Err(Stop::Stale)) {
            observe::claim_lost(&hold.owner);
        }
    }

    /// Prolongs a claim until it is dropped.
    fn hold(&self, owner: String) -> Hold {
        let (lost, end) = (CancellationToken::new(), CancellationToken::new());
        let (store, lease) = (self.store.clone(), self.settings.lease);
        let (lost_too, end_too, name) = (lost.clone(), end.clone(), owner.clone());
        self.tasks.spawn(async move {
            let mut missed = 0;
            while missed < 3 {
                tokio::select! {
                    () = end_too.cancelled() => return,
                    () = tokio::time::sleep(lease / 4) => {}
                }
                match store.hold(&name, lease).await {
                    Ok(true) => missed = 0,
                    Ok(false) => break,
                    Err(_) => missed += 1,
                }
            }
            lost_too.cancel();
        });
        Hold { owner, lost, _heartbeat: end.drop_guard() }
    }

    /// Prolongs the claim on a transmitter key until the guard is dropped; the token fires when it is lost.
    pub(super) fn hold_slot(&self, slot: SlotLease) -> (CancellationToken, DropGuard) {
        let (lost, end) = (CancellationToken::new(), CancellationToken::new());
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

    /// Applies and stores what happened to several mints; the store commits them together. Returns those for which it
    /// was stored; of the others somebody else takes care.
    pub(super) async fn note_all(&self, notes: Vec<Note>) -> Result<Vec<Claim>, Stop> {
        if notes.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.clock.now_ms();
        let mut changes = Vec::with_capacity(notes.len());
        for note in notes {
            if let Some((next, change)) = planned(&note, now)? {
                changes.push((note.claim, next, change));
            }
        }
        fault::point("note.before").await;
        let stored = join_all(changes.iter().map(|(_, _, change)| self.store.change(change.clone()))).await;
        fault::point("note.after").await;
        let mut standing = Vec::with_capacity(changes.len());
        for ((mut claim, next, change), changed) in changes.into_iter().zip(stored) {
            match changed? {
                Changed::Done(version) => {
                    claim.held = !change.release;
                    let moved = claim.mint.progress != next;
                    claim.mint.progress = next;
                    claim.mint.version = version;
                    claim.mint.updated_at = now;
                    if moved {
                        observe::moved(&claim.mint);
                    }
                    standing.push(claim);
                }
                Changed::Stale => observe::claim_lost(&claim.mint.id),
            }
        }
        Ok(standing)
    }

    /// The same for one mint.
    pub(super) async fn note(&self, note: Note) -> Result<Claim, Stop> {
        self.note_all(vec![note]).await?.pop().ok_or(Stop::Stale)
    }

    /// Gives a claim on one mint back; it is due again after the pause.
    pub(super) async fn rest(&self, claim: &Claim, pause_ms: i64) -> Result<(), Stop> {
        fault::point("rest.before").await;
        let Some(fence) = claim.fence else { return Ok(()) };
        let due_at = self.clock.now_ms() + pause_ms;
        Ok(self.store.let_go(&claim.mint.id.to_string(), fence, due_at).await?)
    }

    /// Gives back whatever is left of a claim.
    pub(super) async fn rest_all(&self, hold: &Hold, pause_ms: i64) -> Result<(), Stop> {
        fault::point("rest.before").await;
        Ok(self.store.let_all_go(&hold.owner, self.clock.now_ms() + pause_ms).await?)
    }
}

/// The progress after a note, and what to store; nothing when the note does not fit the mint's state.
fn planned(note: &Note, now_ms: i64) -> Result<Option<(Progress, Change)>, Stop> {
    let mint = &note.claim.mint;
    let mut logged = Vec::new();
    if !note.steps.is_empty() {
        logged.push(("mint.steps", json!({ "steps": note.steps }).to_string()));
    }
    let mut next = mint.progress.clone();
    for (at, event) in note.events.iter().enumerate() {
        let before = next.state;
        next = match apply(&next, event) {
            Ok(next) => next,
            Err(illegal) => {
                tracing::error!(mint_id = %mint.id, %illegal, "the worker's step does not fit");
                return Ok(None);
            }
        };
        if next.state != before || at + 1 == note.events.len() {
            logged.push((event_kind(next.state), Value::Object(view::progress(&next)).to_string()));
        }
    }
    let at_rest = next.state.is_answered();
    let change = Change {
        id: mint.id.to_string(),
        consumer: mint.order.consumer.to_string(),
        version: mint.version,
        fence: note.claim.fence,
        state: next.state.word(),
        progress_json: to_json(&next).map_err(|_| Stop::Store)?,
        minted_in: minted_in(&next),
        // What is minted is watched by block; what has ended is never due again.
        due_at: if at_rest { NEVER_MS } else { now_ms + note.pause_ms },
        release: note.release || at_rest,
        events: logged,
    };
    Ok(Some((next, change)))
}

/// Where the store finds a mint that has a proof.
fn minted_in(progress: &Progress) -> Option<MintedBlock> {
    let proof =
        progress.proof.as_ref().filter(|_| matches!(progress.state, State::Minted | State::Finalized))?;
    Some(MintedBlock {
        minted_block: i64::try_from(proof.place.block_number).unwrap_or(i64::MAX),
        minted_hash: proof.place.block_hash.to_string(),
    })
}
