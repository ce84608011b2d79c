//! What a running gateway does beside serving: it keeps its clock, its view of the event log, and what waits for the chain.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::base::task;
use crate::chain::Chain;
use crate::store::Store;
use crate::store::event_log::LogState;

/// How often the database's clock is read.
const READ_TIME: Duration = Duration::from_secs(10);
/// How often events of other instances are looked for.
const FOLLOW: Duration = Duration::from_millis(500);

/// Keeps the clock with the database's; a jump by more than a quarter of a lease may have cost claims.
pub(super) async fn follow_time(store: Store, clock: Clock, lease: Duration, stop: CancellationToken) {
    let worth_telling = |by_ms: i64| u128::from(by_ms.unsigned_abs()) > lease.as_millis() / 4;
    let ahead_ms = clock.ahead_of_machine_ms();
    if worth_telling(ahead_ms) {
        tracing::warn!(ahead_ms, "the database's clock and this machine's differ; the database's counts");
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(READ_TIME) => {}
        }
        let jump_ms = match store.read_time().await {
            Ok(jump_ms) => jump_ms,
            Err(error) => {
                tracing::warn!(error = with_causes(&error), "the database's clock cannot be read");
                continue;
            }
        };
        task::moved();
        if worth_telling(jump_ms) {
            clock.remember_jump(jump_ms);
            tracing::warn!(jump_ms, "the database's clock jumped");
        }
    }
}

/// Recomputes the hashes of the event log once, beside other work.
pub(super) async fn check_log(store: Store, stop: CancellationToken) {
    match stop.run_until_cancelled(store.verify_log_at_leisure()).await {
        None => {}
        Some(Ok(LogState::Intact(entries))) => tracing::info!(entries, "the event log is intact"),
        Some(Ok(LogState::Broken(seq))) => {
            tracing::error!(seq, "the event log is broken: an entry was changed or is missing");
        }
        Some(Err(error)) => tracing::warn!(error = with_causes(&error), "the event log cannot be checked"),
    }
}

/// Makes events of other instances known here.
pub(super) async fn follow_events(store: Store, stop: CancellationToken) {
    let mut seen = store.head().borrow().seq;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(FOLLOW) => {}
        }
        match store.follow(seen).await {
            Ok(newest) => {
                task::moved();
                seen = newest;
            }
            Err(error) => tracing::warn!(error = with_causes(&error), "the event log cannot be read"),
        }
    }
}

/// What following the chain waits for.
#[derive(Clone, Debug)]
pub(super) struct OnChain {
    pub(super) chain: Chain,
    pub(super) stop: CancellationToken,
}

impl OnChain {
    /// Begins with the work once the chain may be believed; never, if the stop signal comes first.
    pub(super) async fn run(self, work: impl Future<Output = ()>) {
        if self.stop.run_until_cancelled(task::waiting(self.chain.verified())).await.is_some() {
            work.await;
        }
    }
}
