//! Group commit: one task writes for the whole process, many changes in one transaction.
//!
//! The transaction takes the head row of the event log first. That puts all writers (of all processes) in order, makes
//! "look, then insert" safe, and rules out deadlocks. An answer is sent only after the commit.

use std::time::Duration;

use sqlx::{Any, AnyPool, Transaction};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::books::{self, Admission, Promise, Ruling, Turn};
use super::log::{LoggedEvent, entry_hash};
use super::news::News;
use super::shelf::Shelf;
use super::{MintRow, MintedBlock, Store, StoreError};
use crate::clock::Clock;
use crate::fault;

/// Writes that may wait for the writer.
pub(super) const QUEUE_MAX: usize = 1_024;
/// Writes in one transaction.
const BATCH_MAX: usize = 256;
/// How often a batch is tried again when the database was busy.
const ATTEMPTS_MAX: u32 = 5;
/// Pause before such a retry, times the number of the attempt.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// A mint to be accepted.
#[derive(Clone, Debug)]
pub struct NewMint {
    /// Its id.
    pub id: Uuid,
    /// Consumer address.
    pub consumer: String,
    /// Token address.
    pub stablecoin: String,
    /// Beneficiary address.
    pub beneficiary: String,
    /// Reference on chain.
    pub reference: String,
    /// Base units in decimal digits.
    pub amount: String,
    /// Key of the caller, if any.
    pub idempotency_key: Option<String>,
    /// Fingerprint of the request.
    pub fingerprint: String,
    /// The order as JSON.
    pub order_json: String,
    /// State word.
    pub state: &'static str,
    /// The progress as JSON.
    pub progress_json: String,
    /// The first event: kind and data.
    pub event: (&'static str, String),
    /// What it takes to join the basket's unfinished mints; `None` = nothing.
    pub admission: Option<Admission>,
}

/// What became of a [`NewMint`].
#[derive(Clone, Debug)]
pub enum Accepted {
    /// It is stored.
    Inserted(MintRow),
    /// The key was used before, for this mint.
    SameKey(MintRow),
    /// The reference was used before, for this mint.
    SameReference(MintRow),
    /// The admission rule refused it; its words as JSON. Nothing is stored.
    Refused(String),
}

/// A change of a mint, with the events it causes.
#[derive(Clone, Debug)]
pub struct Change {
    /// The mint.
    pub id: String,
    /// Its consumer address.
    pub consumer: String,
    /// The version that was read.
    pub version: i64,
    /// The claim under which it is made; `None` for a change by the caller.
    pub fence: Option<i64>,
    /// New state word.
    pub state: &'static str,
    /// New progress as JSON.
    pub progress_json: String,
    /// Where its mint event is; `None` while there is none.
    pub minted_in: Option<MintedBlock>,
    /// When the worker should look again, unix ms.
    pub due_at: i64,
    /// Whether the claim ends with this change.
    pub release: bool,
    /// Events: kind and data; at least one, which tells other processes that something changed.
    pub events: Vec<(&'static str, String)>,
}

/// What became of a [`Change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is stored; the new version.
    Done(i64),
    /// Somebody else was first, or the claim is lost; nothing changed.
    Stale,
}

pub(super) enum Write {
    Accept(Box<NewMint>, oneshot::Sender<Result<Accepted, StoreError>>),
    Change(Box<Change>, oneshot::Sender<Result<Changed, StoreError>>),
    Turn(Box<Turn>, oneshot::Sender<Result<bool, StoreError>>),
}

enum Answer {
    Accepted(Box<Accepted>),
    Changed(Changed),
    Turned(bool),
}

impl Store {
    /// Stores a mint unless its key or its reference is known already.
    ///
    /// # Errors
    /// When the database does not answer; the mint may or may not be stored then.
    pub async fn accept(&self, new: NewMint) -> Result<Accepted, StoreError> {
        let (answer, reply) = oneshot::channel();
        self.writes.send(Write::Accept(Box::new(new), answer)).await.map_err(|_| StoreError::Closed)?;
        reply.await.map_err(|_| StoreError::Closed)?
    }

    /// Stores a change and its events in one transaction.
    ///
    /// # Errors
    /// When the database does not answer; the change may or may not be stored then.
    pub async fn change(&self, change: Change) -> Result<Changed, StoreError> {
        let (answer, reply) = oneshot::channel();
        self.writes.send(Write::Change(Box::new(change), answer)).await.map_err(|_| StoreError::Closed)?;
        reply.await.map_err(|_| StoreError::Closed)?
    }
}

impl Store {
    /// Stores what befell baskets in one transaction; `false` when the watch had moved on and nothing changed.
    ///
    /// # Errors
    /// When the database does not answer; the turn may or may not be stored then.
    pub async fn turn(&self, turn: Turn) -> Result<bool, StoreError> {
        let (answer, reply) = oneshot::channel();
        self.writes.send(Write::Turn(Box::new(turn), answer)).await.map_err(|_| StoreError::Closed)?;
        reply.await.map_err(|_| StoreError::Closed)?
    }
}

/// The task that writes.
#[derive(Debug)]
pub struct Writer {
    pool: AnyPool,
    queue: mpsc::Receiver<Write>,
    news: News,
    clock: Clock,
    end: CancellationToken,
    shelf: Shelf,
}

impl Writer {
    pub(super) fn new(
        pool: AnyPool,
        queue: mpsc::Receiver<Write>,
        news: News,
        clock: Clock,
        end: CancellationToken,
    ) -> Self {
        Self { pool, queue, news, clock, end, shelf: Shelf::default() }
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
            self.commit(&mut batch).await;
        }
    }

    async fn commit(&mut self, batch: &mut Vec<Write>) {
        let mut attempt = 1;
        let outcome = loop {
            let done = self.transaction(batch).await;
            if done.is_err() {
                self.shelf.discard();
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
                self.news.publish(&entries);
                for (write, answer) in batch.drain(..).zip(answers) {
                    reply(write, answer);
                }
            }
            Err(error) => {
                tracing::error!(error = %error, writes = batch.len(), "the store refused a batch");
                for write in batch.drain(..) {
                    refuse(write);
                }
            }
        }
    }

    async fn transaction(&mut self, batch: &[Write]) -> Result<(Vec<Answer>, Vec<LoggedEvent>), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let (seq, hash): (i64, String) =
            sqlx::query_as("UPDATE event_head SET seq = seq WHERE id = 1 RETURNING seq, hash")
                .fetch_one(&mut *tx)
                .await?;
        let mut log = Tail { seq, hash, now: self.clock.now_ms(), entries: Vec::new() };
        let mut answers = Vec::with_capacity(batch.len());
        let shelf = &mut self.shelf;
        shelf.begin(log.seq);
        for write in batch {
            answers.push(match write {
                Write::Accept(new, _) => {
                    Answer::Accepted(Box::new(accept(&mut tx, &mut log, shelf, new).await?))
                }
                Write::Change(change, _) => Answer::Changed(make(&mut tx, &mut log, shelf, change).await?),
                Write::Turn(turn, _) => Answer::Turned(books::turn(&mut tx, &mut log, shelf, turn).await?),
            });
        }
        write_entries(&mut tx, &log.entries).await?;
        sqlx::query("UPDATE event_head SET seq = $1, hash = $2 WHERE id = 1")
            .bind(log.seq)
            .bind(&log.hash)
            .execute(&mut *tx)
            .await?;
        fault::point("commit.before").await;
        tx.commit().await?;
        shelf.committed(log.seq);
        fault::point("commit.after").await;
        Ok((answers, log.entries))
    }
}

/// The end of the log inside one transaction; its entries are written at the end of it.
pub(super) struct Tail {
    seq: i64,
    hash: String,
    pub(super) now: i64,
    entries: Vec<LoggedEvent>,
}

impl Tail {
    pub(super) fn append(&mut self, mint_id: &str, kind: &str, data: &str) {
        let mut entry = LoggedEvent {
            seq: self.seq + 1,
            mint_id: mint_id.to_owned(),
            kind: kind.to_owned(),
            at: self.now,
            data: data.to_owned(),
            hash: String::new(),
        };
        entry.hash = entry_hash(&self.hash, &entry);
        (self.seq, self.hash) = (entry.seq, entry.hash.clone());
        self.entries.push(entry);
    }
}

const INSERT_ONE: &str =
    "INSERT INTO events (seq, mint_id, kind, at, data, hash) VALUES ($1, $2, $3, $4, $5, $6)";
/// A server answers eight rows as fast as one.
const INSERT_EIGHT: &str = "INSERT INTO events (seq, mint_id, kind, at, data, hash) VALUES \
    ($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12), ($13, $14, $15, $16, $17, $18), \
    ($19, $20, $21, $22, $23, $24), ($25, $26, $27, $28, $29, $30), ($31, $32, $33, $34, $35, $36), \
    ($37, $38, $39, $40, $41, $42), ($43, $44, $45, $46, $47, $48)";

async fn write_entries(tx: &mut Transaction<'_, Any>, entries: &[LoggedEvent]) -> Result<(), sqlx::Error> {
    let (eights, rest) = entries.as_chunks::<8>();
    let eights = eights.iter().map(|eight| (INSERT_EIGHT, eight.as_slice()));
    let rest = rest.iter().map(|entry| (INSERT_ONE, std::slice::from_ref(entry)));
    for (statement, entries) in eights.chain(rest) {
        let mut insert = sqlx::query(statement);
        for entry in entries {
            insert = insert.bind(entry.seq).bind(&entry.mint_id).bind(&entry.kind);
            insert = insert.bind(entry.at).bind(&entry.data).bind(&entry.hash);
        }
        insert.execute(&mut **tx).await?;
    }
    Ok(())
}

async fn accept(
    tx: &mut Transaction<'_, Any>,
    log: &mut Tail,
    shelf: &mut Shelf,
    new: &NewMint,
) -> Result<Accepted, sqlx::Error> {
    let breaking = match &new.admission {
        None => None,
        Some(admission) => match shelf.admit(tx, &new.consumer, admission).await? {
            Ruling::Admit(breaking) => breaking,
            // What was accepted before is answered for, whatever is refused now.
            Ruling::Refuse(why) => return Ok(known(tx, new).await?.unwrap_or(Accepted::Refused(why))),
        },
    };
    let id = new.id.to_string();
    let row = sqlx::query_as::<_, MintRow>(
        "INSERT INTO mints (id, consumer, stablecoin, beneficiary, reference, idempotency_key, fingerprint, \
         order_json, state, progress_json, version, due_at, lease_owner, lease_until, fence, created_at, updated_at, \
         amount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, '', 0, 0, $11, $11, $12) \
         ON CONFLICT DO NOTHING RETURNING *",
    )
    .bind(&id)
    .bind(&new.consumer)
    .bind(&new.stablecoin)
    .bind(&new.beneficiary)
    .bind(&new.reference)
    .bind(new.idempotency_key.as_deref())
    .bind(&new.fingerprint)
    .bind(&new.order_json)
    .bind(new.state)
    .bind(&new.progress_json)
    .bind(log.now)
    .bind(&new.amount)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else {
        // Nothing is ever removed, so what was in the way is still there.
        return known(tx, new).await?.ok_or(sqlx::Error::RowNotFound);
    };
    let (reference, amount) = (new.reference.clone(), new.amount.clone());
    shelf.add(&new.consumer, Promise { id: id.clone(), reference, amount, minted_block: 0 });
    if let Some(breaking) = breaking {
        books::put(tx, log, shelf, &new.consumer, &breaking).await?;
    }
    log.append(&id, new.event.0, &new.event.1);
    Ok(Accepted::Inserted(row))
}

/// The mint that has the key or, failing that, the reference of a new one.
async fn known(tx: &mut Transaction<'_, Any>, new: &NewMint) -> Result<Option<Accepted>, sqlx::Error> {
    if let Some(key) = &new.idempotency_key {
        let same = sqlx::query_as::<_, MintRow>("SELECT * FROM mints WHERE idempotency_key = $1").bind(key);
        if let Some(row) = same.fetch_optional(&mut **tx).await? {
            return Ok(Some(Accepted::SameKey(row)));
        }
    }
    let same = sqlx::query_as::<_, MintRow>("SELECT * FROM mints WHERE consumer = $1 AND reference = $2");
    let row = same.bind(&new.consumer).bind(&new.reference).fetch_optional(&mut **tx).await?;
    Ok(row.map(Accepted::SameReference))
}

async fn make(
    tx: &mut Transaction<'_, Any>,
    log: &mut Tail,
    shelf: &mut Shelf,
    change: &Change,
) -> Result<Changed, sqlx::Error> {
    let release = i64::from(change.release);
    // A claim is compared only when there is one: -1 never is a fence.
    let done = sqlx::query(
        "UPDATE mints SET state = $1, progress_json = $2, due_at = $3, updated_at = $4, version = version + 1, \
         lease_until = CASE WHEN $5 = 1 THEN 0 ELSE lease_until END, minted_block = $9, minted_hash = $10 \
         WHERE id = $6 AND version = $7 AND ($8 = -1 OR fence = $8)",
    )
    .bind(change.state)
    .bind(&change.progress_json)
    .bind(change.due_at)
    .bind(log.now)
    .bind(release)
    .bind(&change.id)
    .bind(change.version)
    .bind(change.fence.unwrap_or(-1))
    .bind(change.minted_in.as_ref().map_or(0, |block| block.minted_block))
    .bind(change.minted_in.as_ref().map_or("", |block| block.minted_hash.as_str()))
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Changed::Stale);
    }
    shelf.changed(change);
    for (kind, data) in &change.events {
        log.append(&change.id, kind, data);
    }
    Ok(Changed::Done(change.version + 1))
}

fn reply(write: Write, answer: Answer) {
    // A caller that went away (disconnect) does not need the answer; the write stands.
    match (write, answer) {
        (Write::Accept(_, to), Answer::Accepted(accepted)) => drop(to.send(Ok(*accepted))),
        (Write::Change(_, to), Answer::Changed(changed)) => drop(to.send(Ok(changed))),
        (Write::Turn(_, to), Answer::Turned(turned)) => drop(to.send(Ok(turned))),
        (write, _) => refuse(write),
    }
}

fn refuse(write: Write) {
    match write {
        Write::Accept(_, to) => drop(to.send(Err(StoreError::Database(sqlx::Error::WorkerCrashed)))),
        Write::Change(_, to) => drop(to.send(Err(StoreError::Database(sqlx::Error::WorkerCrashed)))),
        Write::Turn(_, to) => drop(to.send(Err(StoreError::Database(sqlx::Error::WorkerCrashed)))),
    }
}

/// Whether the statement lost against another writer and may simply be sent again.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
    // SQLite: BUSY, BUSY_SNAPSHOT, LOCKED. PostgreSQL: serialization failure, deadlock.
    matches!(code.as_deref(), Some("5" | "517" | "6" | "40001" | "40P01"))
}
