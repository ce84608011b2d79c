//! Mints on their way into and out of the database: domain types outside, text only here.

use sqlx::FromRow;
use uuid::Uuid;

use super::admission::Admission;
use super::error::StoreError;
use crate::domain::admission::AdmissionRefusal;
use crate::domain::{EventKind, Mint, MintProof, Order, Progress, State};

/// A time that never comes: rows with nothing left to do are due then.
pub const NEVER_MS: i64 = i64::MAX;

/// A mint to be accepted.
#[derive(Clone, Debug)]
pub struct NewMint {
    /// Its id.
    pub id: Uuid,
    /// What is to be minted.
    pub order: Order,
    /// How far it is.
    pub progress: Progress,
    /// Key of the caller, if any.
    pub idempotency_key: Option<String>,
    /// Fingerprint of the request.
    pub fingerprint: String,
    /// The first event: kind and data.
    pub event: (EventKind, String),
    /// What it takes to join the basket's unfinished mints; `None` = nothing.
    pub admission: Option<Admission>,
}

/// What became of a [`NewMint`].
#[derive(Clone, Debug)]
pub enum Accepted {
    /// It is stored.
    Inserted(StoredMint),
    /// The key was used before, for this mint.
    SameKey(StoredMint),
    /// The reference was used before, for this mint.
    SameReference(StoredMint),
    /// The admission rule refused it. Nothing is stored.
    Refused(AdmissionRefusal),
}

/// A change of a mint, with the events it causes.
#[derive(Clone, Debug)]
pub struct MintUpdate {
    /// The mint.
    pub id: Uuid,
    /// Its order; the ledger of its basket follows the change.
    pub consumer: alloy::primitives::Address,
    /// The version that was read.
    pub version: i64,
    /// The claim under which it is made; `None` for a change by the caller.
    pub fence: Option<i64>,
    /// How far it is from now on.
    pub progress: Progress,
    /// When the worker should look again, unix ms.
    pub due_at: i64,
    /// Whether the claim ends with this change.
    pub release: bool,
    /// Events: kind and data; at least one, which tells other processes that something changed.
    pub events: Vec<(EventKind, String)>,
}

/// What became of a [`MintUpdate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// It is stored; the new version.
    Stored(i64),
    /// The mint changed since it was read, or the claim was lost.
    Stale,
}

/// A mint as stored, with what only the store knows of it.
#[derive(Clone, Debug)]
pub struct StoredMint {
    /// The mint.
    pub mint: Mint,
    /// Fingerprint of the request.
    pub fingerprint: String,
    /// Key of the caller, if any.
    pub idempotency_key: Option<String>,
    /// When the worker should look again, unix ms.
    pub due_at: i64,
    /// Counts the claims.
    pub fence: i64,
}

/// The columns of a mint.
#[derive(Clone, Debug, FromRow)]
pub(super) struct MintRow {
    pub(super) id: String,
    fingerprint: String,
    idempotency_key: Option<String>,
    order_json: String,
    state: String,
    progress_json: String,
    version: i64,
    pub(super) due_at: i64,
    fence: i64,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<MintRow> for StoredMint {
    type Error = StoreError;

    fn try_from(row: MintRow) -> Result<Self, StoreError> {
        let unreadable = || StoreError::Unreadable(row.id.clone());
        let progress: Progress = serde_json::from_str(&row.progress_json).map_err(|_| unreadable())?;
        if progress.state.word() != row.state {
            return Err(unreadable());
        }
        let mint = Mint {
            id: row.id.parse().map_err(|_| unreadable())?,
            order: serde_json::from_str(&row.order_json).map_err(|_| unreadable())?,
            progress,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Ok(Self {
            mint,
            fingerprint: row.fingerprint,
            idempotency_key: row.idempotency_key,
            due_at: row.due_at,
            fence: row.fence,
        })
    }
}

/// Where the store finds a mint whose event was read: number and hash of its block.
pub(super) fn minted_in(progress: &Progress) -> Option<(i64, String)> {
    let is_minted = matches!(progress.state, State::Minted | State::Finalized);
    let MintProof { location, .. } = progress.proof.as_ref().filter(|_| is_minted)?;
    Some((i64::try_from(location.block_number).unwrap_or(i64::MAX), location.block_hash.to_string()))
}

/// The words of the states that a rule picks, as a list for SQL.
pub(super) fn sql_list(is_picked: impl Fn(State) -> bool) -> String {
    let words =
        State::ALL.into_iter().filter(|state| is_picked(*state)).map(|state| format!("'{}'", state.word()));
    words.collect::<Vec<_>>().join(", ")
}
