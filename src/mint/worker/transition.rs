//! What happened to mints, applied to their state and stored.

use futures_util::future::join_all;
use serde_json::{Map, Value};

use super::claim::ClaimedMint;
use super::context::{Stop, WorkerContext};
use crate::base::fault;
use crate::domain::EventKind;
use crate::domain::access::Allowance;
use crate::domain::state::{Event, apply};
use crate::mint::{telemetry, view};
use crate::store::{MintUpdate, RunOfMint, UpdateOutcome};

/// What happened to a mint, and what it means for the claim on it.
#[derive(Debug)]
pub(super) struct Transition {
    pub(super) claim: ClaimedMint,
    pub(super) events: Vec<Event>,
    /// Steps of the run that were not logged yet.
    pub(super) steps: Vec<String>,
    /// When the mint is due again, from now.
    pub(super) pause_ms: i64,
    /// Whether the claim ends with it; it always ends with the mint.
    pub(super) release: bool,
    /// The run that brought it about, if one did.
    pub(super) run: Option<RunOfMint>,
}

impl Transition {
    pub(super) const fn new(claim: ClaimedMint, events: Vec<Event>) -> Self {
        Self { claim, events, steps: Vec::new(), pause_ms: 0, release: false, run: None }
    }
}

/// Applies and stores what happened to several mints; the store commits them together. Returns those for which it was
/// stored; of the others somebody else takes care.
pub(super) async fn store_transitions(
    context: &WorkerContext,
    transitions: Vec<Transition>,
) -> Result<Vec<ClaimedMint>, Stop> {
    if transitions.is_empty() {
        return Ok(Vec::new());
    }
    let now = context.clock.now_ms();
    let mut updates = Vec::with_capacity(transitions.len());
    for transition in transitions {
        if let Some(update) = update_of(&transition) {
            updates.push((transition.claim, update));
        }
    }
    fault::point("note.before").await;
    let stored = join_all(updates.iter().map(|(_, update)| context.store.update(update.clone()))).await;
    fault::point("note.after").await;
    let mut remaining = Vec::with_capacity(updates.len());
    for ((mut claim, update), outcome) in updates.into_iter().zip(stored) {
        match outcome? {
            UpdateOutcome::Stored(version) => {
                claim.held = !update.release;
                let (moved, before) = (claim.mint.progress != update.progress, claim.mint.progress.state);
                claim.mint.progress = update.progress;
                claim.mint.version = version;
                claim.mint.updated_at = now;
                if moved {
                    telemetry::mint_moved(before, &claim.mint);
                }
                remaining.push(claim);
            }
            UpdateOutcome::Stale | UpdateOutcome::ReferenceTaken(_) | UpdateOutcome::Refused(_) => {
                telemetry::claim_lost(&claim.mint.id);
            }
        }
    }
    Ok(remaining)
}

/// The same for one mint.
pub(super) async fn store_transition(
    context: &WorkerContext,
    transition: Transition,
) -> Result<ClaimedMint, Stop> {
    store_transitions(context, vec![transition]).await?.pop().ok_or(Stop::Stale)
}

/// The same for one event of one mint.
pub(super) async fn record(
    context: &WorkerContext,
    claim: ClaimedMint,
    event: Event,
) -> Result<ClaimedMint, Stop> {
    store_transition(context, Transition::new(claim, vec![event])).await
}

/// What to store; nothing when what happened does not fit the mint's state.
fn update_of(transition: &Transition) -> Option<MintUpdate> {
    let mint = &transition.claim.mint;
    let mut logged = Vec::new();
    if !transition.steps.is_empty() {
        logged.push((EventKind::MintSteps, data_text(view::steps(&transition.steps))));
    }
    let mut next = mint.progress.clone();
    for (at, event) in transition.events.iter().enumerate() {
        let before = next.state;
        next = match apply(&next, event) {
            Ok(next) => next,
            Err(illegal) => {
                tracing::error!(mint_id = %mint.id, %illegal, "the worker's step does not fit");
                return None;
            }
        };
        if next.state != before || at + 1 == transition.events.len() {
            logged.push((EventKind::Mint(next.state), data_text(view::progress(&next))));
        }
    }
    let at_rest = next.state.is_answered();
    Some(MintUpdate {
        id: mint.id,
        basket: mint.order.basket(),
        version: mint.version,
        fence: transition.claim.fence,
        progress: next,
        pause_ms: transition.pause_ms,
        allowance: Allowance::default(),
        release: transition.release || at_rest,
        events: logged,
        run: transition.run.clone(),
        admission: None,
    })
}

fn data_text(data: Map<String, Value>) -> String {
    Value::Object(data).to_string()
}
