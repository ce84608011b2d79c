//! The event log: append only, each entry's hash covers the entry before it.

use sqlx::{Any, AnyPool, Transaction};
use uuid::Uuid;

use super::database::Store;
use super::error::StoreError;
use super::event::{LogHead, LoggedEvent, entry_hash};
use crate::domain::EventKind;

/// Events read at once when the chain of hashes is checked.
const VERIFY_PAGE: i64 = 1_000;
/// Events of other processes that are read at once.
const EVENTS_AT_ONCE: i64 = 256;

/// The newest event of the database.
pub(super) async fn head(pool: &AnyPool) -> Result<LogHead, sqlx::Error> {
    sqlx::query_as("SELECT seq, hash FROM event_head WHERE id = 1").fetch_one(pool).await
}

/// The end of the log inside one transaction; its entries are written at the end of it.
pub(super) struct LogAppender {
    pub(super) seq: i64,
    hash: String,
    /// Unix ms of every entry.
    pub(super) now_ms: i64,
    entries: Vec<LoggedEvent>,
}

impl LogAppender {
    /// Takes the head row of the log, which puts all writers (of all processes) in order.
    pub(super) async fn begin(tx: &mut Transaction<'_, Any>, now_ms: i64) -> Result<Self, sqlx::Error> {
        let (seq, hash) = sqlx::query_as("UPDATE event_head SET seq = seq WHERE id = 1 RETURNING seq, hash")
            .fetch_one(&mut **tx)
            .await?;
        Ok(Self { seq, hash, now_ms, entries: Vec::new() })
    }

    /// Writes the entries and the new head; returns them.
    pub(super) async fn finish(self, tx: &mut Transaction<'_, Any>) -> Result<Vec<LoggedEvent>, sqlx::Error> {
        write_entries(tx, &self.entries).await?;
        sqlx::query("UPDATE event_head SET seq = $1, hash = $2 WHERE id = 1")
            .bind(self.seq)
            .bind(&self.hash)
            .execute(&mut **tx)
            .await?;
        Ok(self.entries)
    }

    /// Adds an event about a mint (its id) or a basket (its consumer).
    pub(super) fn append(&mut self, subject: &str, kind: EventKind, data: &str) {
        let mut entry = LoggedEvent {
            seq: self.seq + 1,
            mint_id: subject.to_owned(),
            kind: kind.word().to_owned(),
            at: self.now_ms,
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

/// What a check of the log found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogState {
    /// Every entry is as it was written; the number of entries.
    Intact(i64),
    /// The first entry that is missing or was changed.
    Broken(i64),
}

impl Store {
    /// Events with a number above `seq`, oldest first, of one mint or of all.
    pub async fn events_after(
        &self,
        seq: i64,
        mint: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        let rows = match mint {
            Some(mint) => sqlx::query_as::<_, LoggedEvent>(
                "SELECT * FROM events WHERE mint_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            )
            .bind(mint.to_string()),
            None => {
                sqlx::query_as::<_, LoggedEvent>("SELECT * FROM events WHERE seq > $1 ORDER BY seq LIMIT $2")
            }
        };
        Ok(rows.bind(seq).bind(limit).fetch_all(&self.pool).await?)
    }

    /// Passes on the events that other processes wrote after `seen`; returns the newest number.
    pub async fn follow(&self, mut seen: i64) -> Result<i64, StoreError> {
        loop {
            let fresh = self.events_after(seen, None, EVENTS_AT_ONCE).await?;
            let Some(last) = fresh.last() else { return Ok(seen) };
            seen = last.seq;
            self.notifier.publish(&fresh);
        }
    }

    /// Recomputes every hash of the log up to its head.
    pub async fn verify_log(&self) -> Result<LogState, StoreError> {
        let LogHead { seq: head_seq, hash: head_hash } = head(&self.pool).await?;
        let mut seen = (0_i64, String::new());
        while seen.0 < head_seq {
            let page = self.events_after(seen.0, None, VERIFY_PAGE).await?;
            if page.is_empty() {
                return Ok(LogState::Broken(seen.0 + 1));
            }
            for entry in page.iter().take_while(|entry| entry.seq <= head_seq) {
                if entry.seq != seen.0 + 1 || entry_hash(&seen.1, entry) != entry.hash {
                    return Ok(LogState::Broken(seen.0 + 1));
                }
                seen = (entry.seq, entry.hash.clone());
            }
        }
        Ok(if seen.1 == head_hash { LogState::Intact(head_seq) } else { LogState::Broken(head_seq) })
    }
}
