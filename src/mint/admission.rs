//! What is to be minted is judged by the rule of the guard: a request that is new, or a mint that ended and is to live
//! again.
//!
//! A refusal is checked before it is told: what the chain holds already is answered as minted whatever the breaker says; a
//! breaker that waits for its probe may be told of its fate; and headroom that lacks may have been counted twice, by
//! promises that the chain's supply contains already.

use std::collections::BTreeSet;

use alloy::primitives::B256;
use serde_json::Value;
use uuid::Uuid;

use super::view;
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::chain::Chain;
use crate::domain::access::Allowance;
use crate::domain::admission::AdmissionRefusal;
use crate::domain::state::{Event, Progress, State, VALIDITY_MAX, apply};
use crate::domain::{BasketId, EventKind, Failure, FailureCode, Mint, Order};
use crate::reserve::ReserveGuard;
use crate::store::admission::Admission;
use crate::store::{Accepted, MintUpdate, NewMint, Store, StoreError, UpdateOutcome};

/// What judging takes.
#[derive(Clone, Debug)]
pub(super) struct AdmissionContext {
    pub(super) store: Store,
    pub(super) chain: Chain,
    pub(super) guard: ReserveGuard,
    pub(super) clock: Clock,
}

/// How something is written down.
enum Ruled {
    /// If the guard's rule lets it.
    ByTheGuard(Admission),
    /// In any case: the chain has minted it.
    AsMinted,
}

/// What is judged.
struct Judged<'a> {
    id: Uuid,
    order: &'a Order,
    /// Whether the chain can know its reference from before.
    is_named: bool,
    /// Whether a refusal is checked before it is told.
    is_checked: bool,
}

/// Stores a new mint, if it may join the others.
pub(super) async fn admit(context: &AdmissionContext, new: &NewMint) -> Result<Accepted, Failure> {
    let judged = Judged { id: new.id, order: &new.order, is_named: !new.is_keyless(), is_checked: true };
    let write = |ruled| {
        let new = new.clone();
        context.store.accept(match ruled {
            Ruled::ByTheGuard(admission) => NewMint { admission: Some(admission), ..new },
            Ruled::AsMinted => {
                let progress = as_minted(context, &new.progress);
                NewMint { progress, allowance: Allowance::default(), ..new }
            }
        })
    };
    let refusal = |accepted: &Accepted| match accepted {
        Accepted::Refused(refusal) => Some(refusal.clone()),
        _ => None,
    };
    judge(context, &judged, write, refusal).await
}

/// Queues a mint again that ended unminted, as if it were new; `is_checked` says whether a refusal is checked.
pub(super) async fn revive(
    context: &AdmissionContext,
    mint: &Mint,
    expires_at: i64,
    allowance: Allowance,
    is_checked: bool,
) -> Result<UpdateOutcome, Failure> {
    let Ok(next) = apply(&mint.progress, &Event::Retry { expires_at }) else {
        return Ok(UpdateOutcome::Stale);
    };
    let judged = Judged { id: mint.id, order: &mint.order, is_named: !mint.is_keyless, is_checked };
    let write = |ruled| {
        context.store.update(match ruled {
            Ruled::ByTheGuard(admission) => MintUpdate {
                admission: Some(admission),
                allowance: allowance.clone(),
                ..update_of(mint, next.clone())
            },
            Ruled::AsMinted => update_of(mint, as_minted(context, &next)),
        })
    };
    let refusal = |outcome: &UpdateOutcome| match outcome {
        UpdateOutcome::Refused(refusal) => Some(refusal.clone()),
        _ => None,
    };
    judge(context, &judged, write, refusal).await
}

async fn judge<T, W>(
    context: &AdmissionContext,
    judged: &Judged<'_>,
    write: impl Fn(Ruled) -> W,
    refusal: impl Fn(&T) -> Option<AdmissionRefusal>,
) -> Result<T, Failure>
where
    W: Future<Output = Result<T, StoreError>>,
{
    let Judged { id, order, is_named, is_checked } = *judged;
    let by_the_guard =
        |settled| Ruled::ByTheGuard(context.guard.admission(order.stablecoin, id, order.amount, settled));
    let first = write(by_the_guard(BTreeSet::new())).await?;
    let Some(refusal) = refusal(&first).filter(|_| is_checked) else { return Ok(first) };
    if is_named && is_minted_on_chain(context, order).await {
        return Ok(write(Ruled::AsMinted).await?);
    }
    match second_thoughts(context, order.basket(), &refusal).await? {
        Some(settled) => Ok(write(by_the_guard(settled)).await?),
        None => Ok(first),
    }
}

/// What is to be known when a refusal is judged once more: references of unfinished mints that the chain's supply contains
/// already. `None` where nothing but the same refusal can come of it.
async fn second_thoughts(
    context: &AdmissionContext,
    basket: BasketId,
    refusal: &AdmissionRefusal,
) -> Result<Option<BTreeSet<B256>>, Failure> {
    match refusal {
        AdmissionRefusal::OverLimit(_) => Ok(None),
        AdmissionRefusal::BreakerOpen(_) => Ok(context.guard.settle_probe(basket).await?.then(BTreeSet::new)),
        AdmissionRefusal::Overdrawn { .. } => match context.guard.settled_references(basket.stablecoin).await
        {
            Ok(settled) => Ok(Some(settled)),
            Err(error) => {
                let error = with_causes(&error);
                tracing::warn!(error, "a refusal could not be checked against the chain");
                Ok(None)
            }
        },
    }
}

/// Whether the chain has minted exactly this order under its reference.
async fn is_minted_on_chain(context: &AdmissionContext, order: &Order) -> bool {
    let digest = context.chain.minted_digest(order.stablecoin, order.reference).await;
    digest.is_ok_and(|digest| digest == Some(order.key().digest()))
}

/// How far a mint is that the chain has, until its block is found: that block may be taken back, and the report that
/// nobody here remembers may land again until it lapses.
fn as_minted(context: &AdmissionContext, progress: &Progress) -> Progress {
    let detail = "the chain had minted it before it was asked for here, and its block is looked for";
    Progress {
        state: State::Uncertain,
        failure: Some(Failure::new(FailureCode::WorkflowFailed, detail)),
        exposed_until: context.clock.now_seconds() + VALIDITY_MAX.as_secs(),
        exposed_attempts: progress.exposed_attempts.max(1),
        ..progress.clone()
    }
}

/// A change of a mint that a caller makes.
pub(super) fn update_of(mint: &Mint, progress: Progress) -> MintUpdate {
    MintUpdate {
        id: mint.id,
        basket: mint.order.basket(),
        version: mint.version,
        fence: None,
        pause_ms: 0,
        allowance: Allowance::default(),
        release: false,
        events: vec![(EventKind::Mint(progress.state), Value::Object(view::progress(&progress)).to_string())],
        progress,
        run: None,
        admission: None,
    }
}
