//! The event log: append only, each entry's hash covers the entry before it.

use std::sync::LazyLock;
use std::time::Instant;

use sqlx::{Any, Transaction};
use uuid::Uuid;

use super::connections::Connections;
use super::database::Store;
use super::error::StoreError;
use super::event::{LogHead, LoggedEvent, data_hash, entry_hash};

/// Events read at once when the chain of hashes is checked.
const VERIFY_PAGE: i64 = 1_000;
/// How many times as long as a page took a check at leisure rests.
const REST: u32 = 9;
/// Events of other processes that are read at once.
const EVENTS_AT_ONCE: i64 = 256;

/// Mints whose events are read together.
pub const MINTS_AT_ONCE: usize = 100;
/// Has a place for each of them; one that is not needed is empty.
static EVENTS_OF_MINTS: LazyLock<&'static str> = LazyLock::new(|| {
    let places: Vec<String> = (3..3 + MINTS_AT_ONCE).map(|place| format!("${place}")).collect();
    let places = places.join(", ");
    format!("SELECT * FROM events WHERE seq > $1 AND subject IN ({places}) ORDER BY seq LIMIT $2").leak()
});

/// The newest event of the database.
pub(super) async fn head(pool: &Connections) -> Result<LogHead, sqlx::Error> {
    sqlx::query_as("SELECT seq, hash FROM event_head WHERE id = 1").fetch_one(pool).await
}

/// An event that is not in the log yet.
#[derive(Clone, Debug)]
pub(super) struct PendingEvent {
    pub(super) account: String,
    pub(super) subject: String,
    pub(super) kind: &'static str,
    pub(super) salt: String,
    pub(super) data: String,
}

/// Appends events inside a transaction: takes the head row, which is the last that a writer takes, and leaves the new
/// head there.
pub(super) async fn append(
    tx: &mut Transaction<'_, Any>,
    pending: Vec<PendingEvent>,
    now_ms: i64,
) -> Result<Vec<LoggedEvent>, sqlx::Error> {
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let mut head: LogHead =
        sqlx::query_as("UPDATE event_head SET seq = seq WHERE id = 1 RETURNING seq, hash")
            .fetch_one(&mut **tx)
            .await?;
    let mut entries = Vec::with_capacity(pending.len());
    for PendingEvent { account, subject, kind, salt, data } in pending {
        let mut entry = LoggedEvent {
            seq: head.seq + 1,
            account_id: account,
            subject,
            kind: kind.to_owned(),
            at: now_ms,
            data_hash: data_hash(&salt, &data),
            salt,
            data,
            hash: String::new(),
        };
        entry.hash = entry_hash(&head.hash, &entry);
        head = LogHead { seq: entry.seq, hash: entry.hash.clone() };
        entries.push(entry);
    }
    write_entries(tx, &entries).await?;
    sqlx::query("UPDATE event_head SET seq = $1, hash = $2 WHERE id = 1")
        .bind(head.seq)
        .bind(&head.hash)
        .execute(&mut **tx)
        .await?;
    Ok(entries)
}

const INSERT_ONE: &str = "INSERT INTO events (seq, account_id, subject, kind, at, salt, data, data_hash, hash) VALUES \
    ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
/// A server answers four rows as fast as one.
const INSERT_FOUR: &str = "INSERT INTO events (seq, account_id, subject, kind, at, salt, data, data_hash, hash) VALUES \
    ($1, $2, $3, $4, $5, $6, $7, $8, $9), ($10, $11, $12, $13, $14, $15, $16, $17, $18), \
    ($19, $20, $21, $22, $23, $24, $25, $26, $27), ($28, $29, $30, $31, $32, $33, $34, $35, $36)";

async fn write_entries(tx: &mut Transaction<'_, Any>, entries: &[LoggedEvent]) -> Result<(), sqlx::Error> {
    let (fours, rest) = entries.as_chunks::<4>();
    let fours = fours.iter().map(|four| (INSERT_FOUR, four.as_slice()));
    let rest = rest.iter().map(|entry| (INSERT_ONE, std::slice::from_ref(entry)));
    for (statement, entries) in fours.chain(rest) {
        let mut insert = sqlx::query(statement);
        for entry in entries {
            insert = insert.bind(entry.seq).bind(&entry.account_id).bind(&entry.subject).bind(&entry.kind);
            insert = insert.bind(entry.at).bind(&entry.salt).bind(&entry.data).bind(&entry.data_hash);
            insert = insert.bind(&entry.hash);
        }
        insert.execute(&mut **tx).await?;
    }
    Ok(())
}

/// What a check of the log found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogState {
    /// Every entry is as it was written; the number of entries.
    Intact(i64),
    /// The first entry that is missing or was changed.
    Broken(i64),
}

impl Store {
    /// Events with a number above `seq`, oldest first.
    pub async fn events_after(&self, seq: i64, limit: i64) -> Result<Vec<LoggedEvent>, StoreError> {
        let rows = sqlx::query_as("SELECT * FROM events WHERE seq > $1 ORDER BY seq LIMIT $2");
        Ok(rows.bind(seq).bind(limit).fetch_all(&self.pool).await?)
    }

    /// Events with a number above `seq` of any of these mints, oldest first; of more than [`MINTS_AT_ONCE`] the first.
    pub async fn events_of_mints(
        &self,
        seq: i64,
        mints: impl IntoIterator<Item = Uuid>,
        limit: i64,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        let mut rows = sqlx::query_as(*EVENTS_OF_MINTS).bind(seq).bind(limit);
        let mut mints = mints.into_iter();
        for _ in 0..MINTS_AT_ONCE {
            rows = rows.bind(mints.next().map(|mint| mint.to_string()).unwrap_or_default());
        }
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The newest alarms of the chain, newest first.
    pub async fn newest_alarms(&self, limit: u16) -> Result<Vec<LoggedEvent>, StoreError> {
        let rows =
            sqlx::query_as("SELECT * FROM events WHERE kind = 'chain.alarm' ORDER BY seq DESC LIMIT $1");
        Ok(rows.bind(i64::from(limit)).fetch_all(&self.pool).await?)
    }

    /// When the newest event was logged, unix ms; `None` = there is none.
    pub async fn newest_event_at(&self) -> Result<Option<i64>, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT at FROM events ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|(at,)| at))
    }

    /// Passes on the events that other processes wrote after `seen`; returns the newest number.
    pub async fn follow(&self, mut seen: i64) -> Result<i64, StoreError> {
        loop {
            let fresh = self.events_after(seen, EVENTS_AT_ONCE).await?;
            let Some(last) = fresh.last() else { return Ok(seen) };
            seen = last.seq;
            self.notifier.publish(&fresh);
        }
    }

    /// Recomputes every hash of the log up to its head. An entry whose salt and data were emptied is intact.
    pub async fn verify_log(&self) -> Result<LogState, StoreError> {
        self.verify_pages(0).await
    }

    /// The same beside other work: after each page it rests several times as long as that took.
    pub async fn verify_log_at_leisure(&self) -> Result<LogState, StoreError> {
        self.verify_pages(REST).await
    }

    async fn verify_pages(&self, rest: u32) -> Result<LogState, StoreError> {
        let LogHead { seq: head_seq, hash: head_hash } = head(&self.pool).await?;
        let mut seen = (0_i64, String::new());
        while seen.0 < head_seq {
            let began = Instant::now();
            let page = self.events_after(seen.0, VERIFY_PAGE).await?;
            if page.is_empty() {
                return Ok(LogState::Broken(seen.0 + 1));
            }
            for entry in page.iter().take_while(|entry| entry.seq <= head_seq) {
                let is_erased = entry.salt.is_empty() && entry.data.is_empty();
                let is_data = is_erased || data_hash(&entry.salt, &entry.data) == entry.data_hash;
                if entry.seq != seen.0 + 1 || !is_data || entry_hash(&seen.1, entry) != entry.hash {
                    return Ok(LogState::Broken(seen.0 + 1));
                }
                seen = (entry.seq, entry.hash.clone());
            }
            if seen.0 < head_seq {
                tokio::time::sleep(began.elapsed() * rest).await;
            }
        }
        Ok(if seen.1 == head_hash { LogState::Intact(head_seq) } else { LogState::Broken(head_seq) })
    }
}
