//! Group commit: one task writes for the whole process, many changes in one transaction.
//!
//! The transaction takes the head row of the event log first. That puts all writers (of all processes) in order, makes
//! "look, then insert" safe, and rules out deadlocks. An answer is sent only after the commit.

use std::time::Duration;

use sqlx::{Any, AnyPool, Transaction};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::admission::{BreakerUpdate, Ruling};
use super::basket_update::BasketUpdate;
use super::breakers;
use super::chain_cursor::move_cursor;
use super::error::StoreError;
use super::event::LoggedEvent;
use super::event_log::LogAppender;
use super::ledger_cache::LedgerCache;
use super::notifier::CommitNotifier;
use super::queue::{Answer, Write};
use super::rows::{Accepted, MintRow, MintUpdate, NewMint, StoredMint, UpdateOutcome, minted_in};
use crate::base::clock::Clock;
use crate::base::fault;
use crate::base::logging::with_causes;
use crate::domain::coverage::Reservation;
use alloy::primitives::Address;

/// Writes in one transaction.
const BATCH_MAX: usize = 256;
/// How often a batch is tried again when the database was busy.
const ATTEMPTS_MAX: u32 = 5;
/// Pause before such a retry, times the number of the attempt.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// The task that writes.
#[derive(Debug)]
pub struct Writer {
    pool: AnyPool,
    queue: mpsc::Receiver<Write>,
    notifier: CommitNotifier,
    clock: Clock,
    end: CancellationToken,
    cache: LedgerCache,
}

impl Writer {
    pub(super) fn new(
        pool: AnyPool,
        queue: mpsc::Receiver<Write>,
        notifier: CommitNotifier,
        clock: Clock,
        end: CancellationToken,
    ) -> Self {
        Self { pool, queue, notifier, clock, end, cache: LedgerCache::default() }
    }

    /// Writes until the store is closed, and then what still waits.
    pub async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let taken = tokio::select! {
                taken = self.queue.recv_many(&mut batch, BATCH_MAX) => taken,
                () = self.end.cancelled(), if !self.queue.is_closed() => {
                    self.queue.close();
                    continue;
                }
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
            let done = self.transaction(batch).await;
            if done.is_err() {
                self.cache.discard();
            }
            match done {
                Err(error) if attempt < ATTEMPTS_MAX && is_busy(&error) => {
                    tokio::time::sleep(RETRY_PAUSE * attempt).await;
                    attempt += 1;
                }
                outcome => break outcome,
            }
        };
        match outcome {
            Ok((answers, entries)) => {
                self.notifier.publish(&entries);
                for (write, answer) in batch.drain(..).zip(answers) {
                    write.answer(answer);
                }
            }
            Err(error) => {
                tracing::error!(
                    error = with_causes(&error),
                    writes = batch.len(),
                    "the store refused a batch"
                );
                for write in batch.drain(..) {
                    write.fail(&error);
                }
            }
        }
    }

    async fn transaction(&mut self, batch: &[Write]) -> Result<(Vec<Answer>, Vec<LoggedEvent>), StoreError> {
        let mut tx = self.pool.begin().await?;
        let log = LogAppender::begin(&mut tx, self.clock.now_ms()).await?;
        self.cache.begin(log.seq);
        let mut commit = Commit { tx, log, cache: &mut self.cache };
        let mut answers = Vec::with_capacity(batch.len());
        for write in batch {
            answers.push(match write {
                Write::Accept(new, _) => Answer::Accepted(Box::new(commit.accept(new).await?)),
                Write::Update(update, _) => Answer::Updated(commit.update(update).await?),
                Write::Baskets(update, _) => Answer::Baskets(commit.update_baskets(update).await?),
            });
        }
        let Commit { mut tx, log, .. } = commit;
        let seq = log.seq;
        let entries = log.finish(&mut tx).await?;
        fault::point("commit.before").await;
        tx.commit().await?;
        self.cache.committed(seq);
        fault::point("commit.after").await;
        Ok((answers, entries))
    }
}

/// One transaction: what it wrote, what it will log, and what the writer remembers of it.
struct Commit<'a> {
    tx: Transaction<'static, Any>,
    log: LogAppender,
    cache: &'a mut LedgerCache,
}

impl Commit<'_> {
    async fn accept(&mut self, new: &NewMint) -> Result<Accepted, StoreError> {
        let consumer = new.order.consumer;
        let breaker = match &new.admission {
            None => None,
            Some(admission) => match self.cache.admit(&mut self.tx, consumer, admission).await? {
                Ruling::Admit(breaker) => breaker,
                // What was accepted before is answered for, whatever is refused now.
                Ruling::Refuse(why) => return Ok(self.known(new).await?.unwrap_or(Accepted::Refused(why))),
            },
        };
        let Some(row) = self.insert(new).await? else {
            // Nothing is ever removed, so what was in the way is still there.
            return self.known(new).await?.ok_or_else(|| sqlx::Error::RowNotFound.into());
        };
        let reservation =
            Reservation { amount: new.order.amount, reference: new.order.reference, minted_in: None };
        self.cache.add(consumer, new.id, reservation);
        if let Some(update) = breaker {
            self.put_breaker(consumer, &update).await?;
        }
        self.log.append(&new.id.to_string(), new.event.0, &new.event.1);
        Ok(Accepted::Inserted(row.try_into()?))
    }

    /// Stores a mint, unless its key or reference is known.
    async fn insert(&mut self, new: &NewMint) -> Result<Option<MintRow>, StoreError> {
        let row = sqlx::query_as::<_, MintRow>(
            "INSERT INTO mints (id, consumer, stablecoin, beneficiary, reference, idempotency_key, fingerprint, \
             order_json, state, progress_json, version, due_at, lease_owner, lease_until, fence, created_at, \
             updated_at, amount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, '', 0, 0, $11, $11, $12) \
             ON CONFLICT DO NOTHING RETURNING *",
        )
        .bind(new.id.to_string())
        .bind(new.order.consumer.to_string())
        .bind(new.order.stablecoin.to_string())
        .bind(new.order.beneficiary.to_string())
        .bind(new.order.reference.to_string())
        .bind(new.idempotency_key.as_deref())
        .bind(&new.fingerprint)
        .bind(serde_json::to_string(&new.order)?)
        .bind(new.progress.state.word())
        .bind(serde_json::to_string(&new.progress)?)
        .bind(self.log.now_ms)
        .bind(new.order.amount.to_string())
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row)
    }

    /// The mint that has the key or, failing that, the reference of a new one.
    async fn known(&mut self, new: &NewMint) -> Result<Option<Accepted>, StoreError> {
        if let Some(key) = &new.idempotency_key {
            let same =
                sqlx::query_as::<_, MintRow>("SELECT * FROM mints WHERE idempotency_key = $1").bind(key);
            if let Some(row) = same.fetch_optional(&mut *self.tx).await? {
                return Ok(Some(Accepted::SameKey(row.try_into()?)));
            }
        }
        let same = sqlx::query_as::<_, MintRow>("SELECT * FROM mints WHERE consumer = $1 AND reference = $2");
        let same = same.bind(new.order.consumer.to_string()).bind(new.order.reference.to_string());
        let row = same.fetch_optional(&mut *self.tx).await?;
        Ok(row.map(StoredMint::try_from).transpose()?.map(Accepted::SameReference))
    }

    async fn update(&mut self, update: &MintUpdate) -> Result<UpdateOutcome, StoreError> {
        let (minted_block, minted_hash) = minted_in(&update.progress).unwrap_or_default();
        // A claim is compared only when there is one: -1 never is a fence.
        let done = sqlx::query(
            "UPDATE mints SET state = $1, progress_json = $2, due_at = $3, updated_at = $4, version = version + 1, \
             lease_until = CASE WHEN $5 = 1 THEN 0 ELSE lease_until END, minted_block = $9, minted_hash = $10 \
             WHERE id = $6 AND version = $7 AND ($8 = -1 OR fence = $8)",
        )
        .bind(update.progress.state.word())
        .bind(serde_json::to_string(&update.progress)?)
        .bind(update.due_at)
        .bind(self.log.now_ms)
        .bind(i64::from(update.release))
        .bind(update.id.to_string())
        .bind(update.version)
        .bind(update.fence.unwrap_or(-1))
        .bind(minted_block)
        .bind(minted_hash)
        .execute(&mut *self.tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(UpdateOutcome::Stale);
        }
        self.cache.update(update);
        for (kind, data) in &update.events {
            self.log.append(&update.id.to_string(), *kind, data);
        }
        Ok(UpdateOutcome::Stored(update.version + 1))
    }

    /// Writes down what befell baskets; `false` when the cursor had moved on.
    async fn update_baskets(&mut self, update: &BasketUpdate) -> Result<bool, StoreError> {
        if let Some(cursor) = &update.cursor
            && !move_cursor(&mut self.tx, cursor).await?
        {
            return Ok(false);
        }
        for event in &update.events {
            self.log.append(&event.consumer.to_string(), event.kind, &event.data);
        }
        for (consumer, rule) in &update.breakers {
            let before = breakers::stored(&mut self.tx, *consumer).await?;
            if let Some(update) = rule(&before) {
                self.put_breaker(*consumer, &update).await?;
            }
        }
        Ok(true)
    }

    async fn put_breaker(&mut self, consumer: Address, update: &BreakerUpdate) -> Result<(), StoreError> {
        breakers::put(&mut self.tx, consumer, &update.breaker, self.log.now_ms).await?;
        self.cache.move_breaker(consumer, &update.breaker);
        for (kind, data) in &update.events {
            self.log.append(&consumer.to_string(), *kind, data);
        }
        Ok(())
    }
}

/// Whether the statement lost against another writer and may simply be sent again.
fn is_busy(error: &StoreError) -> bool {
    let StoreError::Database(error) = error else { return false };
    let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
    // SQLite: BUSY, BUSY_SNAPSHOT, LOCKED. PostgreSQL: serialization failure, deadlock.
    matches!(code.as_deref(), Some("5" | "517" | "6" | "40001" | "40P01"))
}
