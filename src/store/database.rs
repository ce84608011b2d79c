//! The store of one process: its connections and what every part of it shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::connections::Connections;
use super::error::StoreError;
use super::event::LogHead;
use super::notifier::{CommitNotifier, MintSubscription, Signal};
use super::queue::Write;
use crate::base::clock::Clock;

/// The store of one process.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) pool: Connections,
    /// The writer's, to be closed with the others.
    pub(super) writer_pool: Connections,
    pub(super) writes: mpsc::Sender<Write>,
    pub(super) notifier: CommitNotifier,
    pub(super) clock: Clock,
    pub(super) instance: Arc<str>,
    pub(super) claims: Arc<AtomicU64>,
    /// Keeps a second process away from a SQLite file; `None` where the database is shared.
    pub(super) lock: Option<Arc<std::fs::File>>,
    /// Fires when the writer shall finish.
    pub(super) end: CancellationToken,
}

impl Store {
    /// Whether no other process can use this database.
    #[must_use]
    pub const fn is_exclusive(&self) -> bool {
        self.lock.is_some()
    }

    /// Identifies this process among those that share the database.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// A name for the next claim.
    pub(super) fn claim_name(&self) -> String {
        format!("{}.{}", self.instance, self.claims.fetch_add(1, Ordering::Relaxed))
    }

    /// Listens to every event: of this process at once, of others as soon as [`Store::follow`] sees them.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Signal> {
        self.notifier.events()
    }

    /// The newest event that this process knows: its own at once, others as soon as [`Store::follow`] sees them. It
    /// changes with every commit; several may look like one.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<LogHead> {
        self.notifier.head()
    }

    /// Listens to what happens to one mint.
    #[must_use]
    pub fn subscribe(&self, mint: Uuid) -> MintSubscription {
        self.notifier.subscribe(mint)
    }

    /// Reads the database's time, which the clock follows; returns by how many milliseconds it jumped at least: what the
    /// answer took is no jump.
    pub async fn read_time(&self) -> Result<i64, StoreError> {
        let asked = Instant::now();
        let (now_ms,): (i64,) = sqlx::query_as("SELECT now_ms FROM clock").fetch_one(&self.pool).await?;
        let (jump_ms, took) = (self.clock.follow(now_ms), asked.elapsed().as_millis());
        let certain_ms = jump_ms.unsigned_abs().saturating_sub(u64::try_from(took).unwrap_or(u64::MAX));
        Ok(jump_ms.signum() * i64::try_from(certain_ms).unwrap_or(i64::MAX))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.pool.ping().await?)
    }

    /// Connections for requests: how many are used, and how many are idle.
    #[must_use]
    pub fn connections(&self) -> (usize, usize) {
        self.pool.counts()
    }

    /// Lets the writer finish what waits, and take nothing more.
    pub fn close_writes(&self) {
        self.end.cancel();
    }

    /// Closes the connections; the writer must have ended.
    pub async fn close(&self) {
        self.writer_pool.close().await;
        self.pool.close().await;
    }
}
