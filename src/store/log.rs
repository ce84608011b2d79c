//! The event log: append only, each entry's hash covers the entry before it.

use sha2::{Digest, Sha256};
use sqlx::{AnyPool, FromRow};

use super::{LogHead, Store, StoreError};

/// Events read at once when the chain of hashes is checked.
const VERIFY_PAGE: i64 = 1_000;

/// One event as stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LoggedEvent {
    /// Its number; 1, 2, 3 … without gaps.
    pub seq: i64,
    /// The mint it is about, or the consumer of the basket.
    pub mint_id: String,
    /// What happened, for example `mint.minted`.
    pub kind: String,
    /// Unix ms.
    pub at: i64,
    /// JSON text, one line.
    pub data: String,
    /// Hash over the previous hash and this entry.
    pub hash: String,
}

/// The hash of an entry that follows `previous`.
#[must_use]
pub fn entry_hash(previous: &str, entry: &LoggedEvent) -> String {
    let text =
        format!("{previous}\n{}\n{}\n{}\n{}\n{}", entry.seq, entry.mint_id, entry.kind, entry.at, entry.data);
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The newest event of the database.
pub(super) async fn head(pool: &AnyPool) -> Result<LogHead, sqlx::Error> {
    sqlx::query_as("SELECT seq, hash FROM event_head WHERE id = 1").fetch_one(pool).await
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
    /// Recomputes every hash of the log up to its head.
    ///
    /// # Errors
    /// When the database does not answer.
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
