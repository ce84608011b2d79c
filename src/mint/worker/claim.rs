//! Claims on mints: taken with a lease, held by heartbeats, given back.

use std::time::Duration;

use alloy::primitives::Address;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::context::{Stop, WorkerContext};
use crate::base::{fault, task};
use crate::domain::{BasketId, Mint};
use crate::mint::telemetry;
use crate::store::lease::{Claimed, Work};
use crate::store::{Store, StoredMint};

/// Heartbeats in a row that may fail before a claim counts as lost.
const HEARTBEATS_MISSED_MAX: u32 = 3;

/// A mint that this task works on.
#[derive(Debug)]
pub(super) struct ClaimedMint {
    pub(super) mint: Mint,
    /// Number of the claim; `None` for a change that needs no claim.
    pub(super) fence: Option<i64>,
    /// Whether it is still this task's to work on.
    pub(super) held: bool,
}

impl ClaimedMint {
    /// A mint that is changed without a claim: of two that find the same thing, one is first.
    pub(super) const fn unclaimed(mint: Mint) -> Self {
        Self { mint, fence: None, held: false }
    }

    /// A mint that was claimed, to be carried out by this consumer of its basket.
    pub(super) fn of(stored: StoredMint, consumer: Address) -> Self {
        let mut mint = stored.mint;
        mint.order.consumer = consumer;
        Self { mint, fence: Some(stored.fence), held: true }
    }
}

/// Holds what a task has claimed while it works.
#[derive(Debug)]
pub(super) struct LeaseGuard {
    pub(super) owner: String,
    /// The basket of everything that was claimed.
    pub(super) basket: BasketId,
    /// Fires when nothing of it is left.
    pub(super) lost: CancellationToken,
    _heartbeat: DropGuard,
}

/// Claims what is due; `None` when nothing is, or the store does not answer.
pub(super) async fn claim(context: &WorkerContext, work: Work) -> Option<Claimed> {
    let limit = context.settings.batch_max;
    let most = |stablecoin| context.batch_limit.most(stablecoin, limit);
    // The error is logged where it becomes a stop.
    let claimed = context.store.claim(work, context.settings.lease, most).await.map_err(Stop::from).ok()?;
    task::moved();
    claimed
}

/// Prolongs a claim until the guard is dropped.
pub(super) fn hold(context: &WorkerContext, owner: String, basket: BasketId) -> LeaseGuard {
    let (lost, end) = (CancellationToken::new(), CancellationToken::new());
    let (store, lease, name) = (context.store.clone(), context.settings.lease, owner.clone());
    let (is_lost, ended) = (lost.clone(), end.clone());
    context.tasks.spawn(async move {
        let beat = || heartbeat(&store, &name, lease);
        if ended.run_until_cancelled(task::restarting("heartbeat of a claim", beat)).await.is_some() {
            is_lost.cancel();
            telemetry::lease_lost();
        }
    });
    LeaseGuard { owner, basket, lost, _heartbeat: end.drop_guard() }
}

/// Prolongs a claim until nothing of it is left, or the store has been silent for too long.
async fn heartbeat(store: &Store, owner: &str, lease: Duration) {
    let mut missed = 0;
    while missed < HEARTBEATS_MISSED_MAX {
        tokio::time::sleep(lease / 4).await;
        match store.renew_claim(owner, lease).await {
            Ok(true) => missed = 0,
            Ok(false) => return,
            Err(_) => missed += 1,
        }
    }
}

/// Gives a claim on one mint back; it is due again after the pause.
pub(super) async fn release_mint(
    context: &WorkerContext,
    claim: &ClaimedMint,
    pause_ms: i64,
) -> Result<(), Stop> {
    fault::point("rest.before").await;
    let Some(fence) = claim.fence else { return Ok(()) };
    Ok(context.store.release_mint(claim.mint.order.basket(), claim.mint.id, fence, pause_ms).await?)
}

/// Gives back whatever is left of a claim; it is due again after the pause, and no run of its basket begins before the
/// basket's pause is over.
pub(super) async fn release_claim(
    context: &WorkerContext,
    guard: &LeaseGuard,
    pause_ms: i64,
    basket_pause_ms: i64,
) -> Result<(), Stop> {
    fault::point("rest.before").await;
    Ok(context.store.release_claim(guard.basket, &guard.owner, pause_ms, basket_pause_ms).await?)
}
