//! What every step of the worker can reach.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::batch_limit::BatchLimit;
use super::weather::Weather;
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::chain::Chain;
use crate::reserve::ReserveGuard;
use crate::store::{Store, StoreError};
use crate::workflow::Executor;

/// Pause between two looks at a chain that has no answer yet.
pub(super) const LOOK_PAUSE_MS: i64 = 250;
/// Pause where only time can help: a lapse, a chain that does not answer, a breaker that is open.
pub(super) const WAIT_PAUSE_MS: i64 = 1_000;

/// What the worker needs to know.
#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// Workflow runs at once.
    pub concurrency: usize,
    /// Most mints of one basket in one run.
    pub batch_max: usize,
    /// Lease of a claim.
    pub lease: Duration,
    /// Deadline of a run.
    pub run_timeout: Duration,
}

/// What the worker works with.
#[derive(Clone, Debug)]
pub struct WorkerDependencies {
    /// The store.
    pub store: Store,
    /// The chain.
    pub chain: Chain,
    /// What runs workflows.
    pub executor: Executor,
    /// Reserves and breaker.
    pub guard: ReserveGuard,
    /// The clock.
    pub clock: Clock,
}

/// Everything that a step of the worker can reach.
#[derive(Debug)]
pub(super) struct WorkerContext {
    pub(super) store: Store,
    pub(super) chain: Chain,
    pub(super) executor: Executor,
    pub(super) guard: ReserveGuard,
    pub(super) clock: Clock,
    pub(super) settings: WorkerSettings,
    pub(super) batch_limit: BatchLimit,
    pub(super) weather: Weather,
    /// Where tasks are spawned.
    pub(super) tasks: TaskTracker,
    /// Fires when no new work may begin.
    pub(super) soft_stop: CancellationToken,
    /// Fires when running workflows must end.
    pub(super) hard_stop: CancellationToken,
}

/// Why work on a claim ended early; the next claim goes on.
#[derive(Debug)]
pub(super) enum Stop {
    /// Another holder took over, or a caller changed the mint.
    Stale,
    /// The store does not answer.
    Store,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = with_causes(&error), "the store failed under the worker");
        Self::Store
    }
}
