//! Group commit: one task writes for the whole process, many changes in one transaction.
//!
//! The transaction takes the rows of the baskets it touches first, sorted, and the head row of the event log last. An
//! answer is sent only after the commit.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{AnyConnection, Connection};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::commit::Commit;
use super::connections::Connections;
use super::error::StoreError;
use super::event::LoggedEvent;
use super::notifier::CommitNotifier;
use super::queue::{Answer, Write};
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::base::task;

/// Writes in one transaction.
const BATCH_MAX: usize = 256;
/// How often a batch is tried again when the database was busy.
const ATTEMPTS_MAX: u32 = 5;
/// Pause before such a retry, times the number of the attempt.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// The task that writes.
#[derive(Debug)]
pub struct Writer {
    pub(super) connections: Connections,
    pub(super) queue: mpsc::Receiver<Write>,
    pub(super) notifier: CommitNotifier,
    pub(super) clock: Clock,
    pub(super) instance: Arc<str>,
    /// Fires when the writer shall finish.
    pub(super) end: CancellationToken,
}

impl Writer {
    /// Writes until the store is closed, and then what still waits.
    pub async fn run(mut self) {
        self.work().await;
    }

    /// The same; what was under way when this panicked is answered as failed, and the next call goes on.
    pub async fn work(&mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let is_open = !self.queue.is_closed();
            let taken = task::waiting(async {
                tokio::select! {
                    taken = self.queue.recv_many(&mut batch, BATCH_MAX) => Some(taken),
                    () = self.end.cancelled(), if is_open => None,
                }
            });
            let Some(taken) = taken.await else {
                self.queue.close();
                continue;
            };
            if taken == 0 {
                return;
            }
            self.commit_batch(&mut batch).await;
        }
    }

    async fn commit_batch(&mut self, batch: &mut Vec<Write>) {
        let mut attempt = 1;
        let outcome = loop {
            match self.transaction(batch).await {
                Err(error) if attempt < ATTEMPTS_MAX && is_busy(&error) => {
                    tokio::time::sleep(RETRY_PAUSE * attempt).await;
                    attempt += 1;
                }
                outcome => break outcome,
            }
        };
        match outcome {
            Ok((answers, entries)) => {
                task::moved();
                self.notifier.publish(&entries);
                for (write, answer) in batch.drain(..).zip(answers) {
                    write.answer(answer);
                }
            }
            Err(error) if batch.len() > 1 && is_about_a_write(&error) => {
                // One bad write must not take the others with it: each is made alone.
                tracing::warn!(
                    error = with_causes(&error),
                    writes = batch.len(),
                    "a batch is made one by one"
                );
                for write in std::mem::take(batch) {
                    self.commit_one(write).await;
                }
            }
            Err(error) => {
                tracing::error!(error = with_causes(&error), "the store refused a write");
                for write in batch.drain(..) {
                    write.fail(&error);
                }
            }
        }
    }

    async fn commit_one(&mut self, write: Write) {
        let batch = [write];
        let outcome = self.transaction(&batch).await;
        let [write] = batch;
        match outcome {
            Ok((mut answers, entries)) => {
                task::moved();
                self.notifier.publish(&entries);
                match answers.pop() {
                    Some(answer) => write.answer(answer),
                    None => write.fail(&StoreError::Closed),
                }
            }
            Err(error) => {
                tracing::error!(error = with_causes(&error), "the store refused a write");
                write.fail(&error);
            }
        }
    }

    async fn transaction(&self, batch: &[Write]) -> Result<(Vec<Answer>, Vec<LoggedEvent>), StoreError> {
        self.connections.with(async |connection| self.write(connection, batch).await).await
    }

    async fn write(
        &self,
        connection: &mut AnyConnection,
        batch: &[Write],
    ) -> Result<(Vec<Answer>, Vec<LoggedEvent>), StoreError> {
        let touched: BTreeSet<_> = batch.iter().flat_map(Write::baskets).collect();
        let mut commit = Commit::begin(connection.begin().await?, &self.clock, touched).await?;
        commit.read_spent(batch.iter().filter_map(Write::allowance)).await?;
        let mut answers = Vec::with_capacity(batch.len());
        for write in batch {
            answers.push(match write {
                Write::Accept(new, _) => Answer::Accepted(Box::new(commit.accept(new).await?)),
                Write::Refuse(new, _) => Answer::Refused(Box::new(commit.refuse(new).await?)),
                Write::Update(update, _) => Answer::Updated(commit.update(update).await?),
                Write::Baskets(update, _) => Answer::Done(commit.update_baskets(update).await?),
                Write::Access(update, _) => Answer::Changed(commit.change_access(update).await?),
                Write::Claim(claim, _) => Answer::Claimed(commit.claim(claim).await?),
                Write::Renew(owner, lease, _) => Answer::Done(commit.renew(owner, *lease).await?),
                Write::Release(release, _) => {
                    commit.release(release).await?;
                    Answer::Done(true)
                }
                Write::ClaimSlot(count, lease, _) => {
                    Answer::Slot(commit.claim_slot(&self.instance, *count, *lease).await?)
                }
                Write::RenewSlot(slot, lease, _) => {
                    Answer::Done(commit.renew_slot(&self.instance, *slot, *lease).await?)
                }
                Write::Recount(basket, _) => Answer::Recounted(commit.recount(*basket).await?),
            });
        }
        let entries = commit.finish().await?;
        Ok((answers, entries))
    }
}

/// Whether the statement lost against another writer and may simply be sent again.
fn is_busy(error: &StoreError) -> bool {
    // PostgreSQL: serialization failure, deadlock, unique violation (another process inserted the same key or reference a
    // moment ago: now it is there to be found).
    matches!(error, StoreError::Raced)
        || is_held_up(error)
        || matches!(code_of(error).as_deref(), Some("40001" | "40P01" | "23505"))
}

/// Whether the database was held up, which no write of the batch is the cause of.
fn is_held_up(error: &StoreError) -> bool {
    // SQLite: BUSY, BUSY_SNAPSHOT, LOCKED. PostgreSQL: a lock or a statement that took too long, a session that stood still
    // inside a transaction.
    matches!(code_of(error).as_deref(), Some("5" | "517" | "6" | "55P03" | "57014" | "25P03"))
}

/// Whether one of the writes may be the cause, and not the way to the database: then each of them is worth a try.
fn is_about_a_write(error: &StoreError) -> bool {
    let is_lost = matches!(error, StoreError::Database(error) if error.as_database_error().is_none());
    !is_lost && !is_held_up(error)
}

/// The database's own code of an error.
fn code_of(error: &StoreError) -> Option<String> {
    let StoreError::Database(error) = error else { return None };
    error.as_database_error()?.code().map(|code| code.into_owned())
}
