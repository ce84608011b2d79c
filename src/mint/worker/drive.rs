//! The worker's loop: the only caller of [`super::execute`] and [`super::reconcile`].

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::batch_limit::BatchLimit;
use super::claim::{ClaimedMint, LeaseGuard, claim, hold, release_claim, release_mint};
use super::context::{LOOK_PAUSE_MS, Stop, WorkerContext, WorkerDependencies, WorkerSettings};
use super::execute::{Batch, execute_again, execute_batch};
use super::reconcile::{Next, adopt, reconcile};
use super::weather::Weather;
use super::{expire, finality};
use crate::base::{fault, task};
use crate::mint::telemetry;
use crate::store::lease::{Claimed, Work};

/// How long an idle loop sleeps when nothing wakes it.
const IDLE: Duration = Duration::from_millis(250);

/// Drives mints.
#[derive(Clone, Debug)]
pub struct Worker {
    context: Arc<WorkerContext>,
}

impl Worker {
    /// A worker that begins nothing new once `soft_stop` has fired.
    #[must_use]
    pub fn new(with: WorkerDependencies, settings: WorkerSettings, soft_stop: CancellationToken) -> Self {
        let WorkerDependencies { store, chain, executor, guard, clock } = with;
        let (tasks, hard_stop) = (TaskTracker::new(), CancellationToken::new());
        let batch_limit = BatchLimit::default();
        let context = WorkerContext {
            store,
            chain,
            executor,
            guard,
            clock,
            settings,
            batch_limit,
            weather: Weather::default(),
            tasks,
            soft_stop,
            hard_stop,
        };
        Self { context: Arc::new(context) }
    }

    /// The tasks that the worker spawns.
    #[must_use]
    pub fn tasks(&self) -> &TaskTracker {
        &self.context.tasks
    }

    /// Fires when running workflows must end.
    #[must_use]
    pub fn hard_stop(&self) -> &CancellationToken {
        &self.context.hard_stop
    }

    /// Works on what is due until the soft stop; what is under way then goes on until it ends or the hard stop fires.
    pub async fn run(self, work: Work) {
        let context = self.context;
        let room = Arc::new(Semaphore::new(context.settings.concurrency));
        let mut head = context.store.head();
        loop {
            let permit = tokio::select! {
                () = context.soft_stop.cancelled() => return,
                permit = task::waiting(Arc::clone(&room).acquire_owned()) => permit,
            };
            let Ok(permit) = permit else { return };
            if let Some(claimed) = claim(&context, work).await {
                let of_claim = Arc::clone(&context);
                context.tasks.spawn(async move {
                    work_on(&of_claim, claimed, work).await;
                    drop(permit);
                });
                continue;
            }
            drop(permit);
            tokio::select! {
                () = context.soft_stop.cancelled() => return,
                _ = head.changed() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }

    /// Claims once and works on it; `false` when nothing is due or the store does not answer.
    pub async fn run_once(&self, work: Work) -> bool {
        let Some(claimed) = claim(&self.context, work).await else { return false };
        work_on(&self.context, claimed, work).await;
        true
    }

    /// Ends requests whose deadline has passed, until the soft stop.
    pub async fn expire(self) {
        expire::follow(&self.context).await;
    }

    /// Ends requests whose deadline has passed; `false` when there are none or the store does not answer.
    pub async fn expire_once(&self) -> bool {
        expire::end_due(&self.context).await.is_ok_and(|ended| ended > 0)
    }

    /// Follows blocks with mints until the soft stop.
    pub async fn follow_finality(self) {
        finality::follow(&self.context).await;
    }

    /// Looks once at blocks with mints; `false` when nothing was found or cannot be known.
    pub async fn follow_finality_once(&self) -> bool {
        finality::look(&self.context).await
    }
}

async fn work_on(context: &WorkerContext, claimed: Claimed, work: Work) {
    // A consumer may have been replaced since the request: the next report goes to the present one.
    let basket = context.chain.with_present_consumer(claimed.basket);
    let claims: Vec<ClaimedMint> =
        claimed.mints.into_iter().map(|stored| ClaimedMint::of(stored, basket.consumer)).collect();
    fault::point("claim.after").await;
    let guard = hold(context, claimed.owner, basket);
    let done = match work {
        Work::Mint => mint_batch(context, claims, &guard).await,
        Work::Settle => settle_all(context, claims, &guard).await,
    };
    match done {
        Ok(()) if work == Work::Settle => {
            // Whatever is left of it was given back mint by mint; the claim itself goes with them.
            let _ = release_claim(context, &guard, 0, 0).await;
        }
        Err(Stop::Stale) => telemetry::claim_lost(&guard.owner),
        _ => {}
    }
}

/// Carries out the mints of one basket that were claimed together; none of them has a report that may be signed.
async fn mint_batch(
    context: &WorkerContext,
    claims: Vec<ClaimedMint>,
    guard: &LeaseGuard,
) -> Result<(), Stop> {
    let basket_pause_ms = match execute_batch(context, claims, guard).await? {
        Batch::Waits { pause_ms } => return release_claim(context, guard, pause_ms, pause_ms).await,
        Batch::Done { open, basket_pause_ms } => {
            settle_all(context, open, guard).await?;
            basket_pause_ms
        }
    };
    release_claim(context, guard, LOOK_PAUSE_MS, basket_pause_ms).await
}

/// Settles several mints side by side; that one of them went to another holder does not concern the others.
async fn settle_all(
    context: &WorkerContext,
    claims: Vec<ClaimedMint>,
    guard: &LeaseGuard,
) -> Result<(), Stop> {
    let settled = join_all(claims.into_iter().map(|claim| settle(context, claim, guard))).await;
    settled.into_iter().filter(|done| !matches!(done, Err(Stop::Stale))).collect()
}

/// Asks the chain and acts on its answer until there is nothing more to do for now.
async fn settle(context: &WorkerContext, claim: ClaimedMint, guard: &LeaseGuard) -> Result<(), Stop> {
    let mut claim = adopt(context, claim).await?;
    while claim.held && !guard.lost.is_cancelled() {
        if context.soft_stop.is_cancelled() {
            return release_mint(context, &claim, 0).await;
        }
        claim = match reconcile(context, claim).await? {
            Next::LookAgain(claim) => claim,
            Next::Retry { claim, head } => match execute_again(context, claim, head, guard).await? {
                Some(open) => open,
                None => return Ok(()),
            },
            Next::Released => return Ok(()),
        };
    }
    Ok(())
}
