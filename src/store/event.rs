//! The entries of the event log.

use sha2::{Digest, Sha256};
use sqlx::FromRow;

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

/// The newest event of the log.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LogHead {
    /// Its number; 0 = the log is empty.
    pub seq: i64,
    /// Its hash, in which those of all events before it are contained.
    pub hash: String,
}

/// The hash of an entry that follows `previous`.
#[must_use]
pub(super) fn entry_hash(previous: &str, entry: &LoggedEvent) -> String {
    let text =
        format!("{previous}\n{}\n{}\n{}\n{}\n{}", entry.seq, entry.mint_id, entry.kind, entry.at, entry.data);
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
