//! The entries of the event log.

use sha2::{Digest, Sha256};
use sqlx::FromRow;

/// One event as stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LoggedEvent {
    /// Its number; 1, 2, 3 … without gaps.
    pub seq: i64,
    /// The account that it concerns.
    pub account_id: String,
    /// The mint it is about, or the token of the basket.
    pub subject: String,
    /// What happened, for example `mint.minted`.
    pub kind: String,
    /// Unix ms.
    pub at: i64,
    /// Hex; keeps the data from being guessed by its digest.
    pub salt: String,
    /// JSON text, one line. It can be emptied together with the salt, and every hash still verifies.
    pub data: String,
    /// SHA-256 of salt and data, in hex.
    pub data_hash: String,
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

/// The digest of an entry's data.
pub(super) fn data_hash(salt: &str, data: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(data).finalize())
}

/// The hash of an entry that follows `previous`.
pub(super) fn entry_hash(previous: &str, entry: &LoggedEvent) -> String {
    let LoggedEvent { seq, account_id, subject, kind, at, data_hash, .. } = entry;
    let text = format!("{previous}\n{seq}\n{account_id}\n{subject}\n{kind}\n{at}\n{data_hash}");
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    alloy::hex::encode(bytes)
}
