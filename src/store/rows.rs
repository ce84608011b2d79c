//! Mints on their way into and out of the database: domain types outside, text only here.

use alloy::primitives::Address;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::FromRow;
use uuid::Uuid;

use super::admission::Admission;
use super::error::StoreError;
use super::run::RunOfMint;
use crate::domain::access::Allowance;
use crate::domain::admission::AdmissionRefusal;
use crate::domain::{BasketId, EventKind, Mint, MintProof, Order, Progress, State};

/// A time that never comes: rows that are claimed, or have nothing left to do, are due then.
pub(super) const NEVER_MS: i64 = i64::MAX;
/// Version of an order's and of a progress' JSON.
pub(super) const JSON_VERSION: i64 = 1;

/// A mint to be accepted.
#[derive(Clone, Debug)]
pub struct NewMint {
    /// Its id.
    pub id: Uuid,
    /// The account that asks for it.
    pub account: String,
    /// The key that asks for it; empty where there is none.
    pub key_id: String,
    /// What it may cost its caller.
    pub allowance: Allowance,
    /// What is to be minted.
    pub order: Order,
    /// How far it is.
    pub progress: Progress,
    /// Key of the caller, if any.
    pub idempotency_key: Option<String>,
    /// Whether the caller gave a bank reference.
    pub has_bank_reference: bool,
    /// Fingerprint of the request.
    pub fingerprint: String,
    /// The first event: kind and data.
    pub event: (EventKind, String),
    /// What it takes to join the basket's unfinished mints; `None` = nothing.
    pub admission: Option<Admission>,
}

impl NewMint {
    /// Whether it came with neither a key nor a bank reference.
    #[must_use]
    pub const fn is_keyless(&self) -> bool {
        self.idempotency_key.is_none() && !self.has_bank_reference
    }
}

/// What became of a [`NewMint`].
#[derive(Clone, Debug)]
pub enum Accepted {
    /// It is stored.
    Inserted(Box<StoredMint>),
    /// An equal request made this mint before: by key, by bank reference, or (without either) a moment ago.
    Replayed(Box<StoredMint>),
    /// The key belongs to another request.
    KeyMismatch,
    /// The reference is held by another order; the mint's id where it is of the same account.
    ReferenceTaken(Option<Uuid>),
    /// The admission rule refused it. Nothing is stored.
    Refused(AdmissionRefusal),
}

/// A change of a mint, with the events it causes.
#[derive(Clone, Debug)]
pub struct MintUpdate {
    /// The mint.
    pub id: Uuid,
    /// Its basket.
    pub basket: BasketId,
    /// The version that was read.
    pub version: i64,
    /// The claim under which it is made; `None` for a change by the caller.
    pub fence: Option<i64>,
    /// How far it is from now on.
    pub progress: Progress,
    /// When the worker should look again, from now; counts when the claim ends, or there is none.
    pub pause_ms: i64,
    /// What a mint that lives again may cost its caller.
    pub allowance: Allowance,
    /// Whether the claim ends with this change.
    pub release: bool,
    /// Events: kind and data; at least one, which tells other processes that something changed.
    pub events: Vec<(EventKind, String)>,
    /// The run that brought it about, if one did.
    pub run: Option<RunOfMint>,
    /// What it takes a mint that ended to join the basket's unfinished ones again; `None` = nothing.
    pub admission: Option<Admission>,
}

/// What became of a [`MintUpdate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// It is stored; the new version.
    Stored(i64),
    /// The mint changed since it was read, or the claim was lost.
    Stale,
    /// It cannot live again: another mint holds its reference.
    ReferenceTaken(Uuid),
    /// It cannot live again: the admission rule refused it.
    Refused(AdmissionRefusal),
}

/// A mint as stored, with what only the store knows of it.
#[derive(Clone, Debug)]
pub struct StoredMint {
    /// The mint.
    pub mint: Mint,
    /// Fingerprint of the request.
    pub fingerprint: String,
    /// Counts the claims.
    pub fence: i64,
}

/// The columns of a mint with those of its place in the queue.
pub(super) const MINT_COLUMNS: &str = "m.id, m.account_id, m.fingerprint, m.order_version, m.order_json, m.outcome, \
    m.accepted, m.keyless, m.version, m.end_version, m.end_json, m.created_at, m.updated_at, q.state, q.fence, \
    q.version AS live_version, q.progress_version, q.progress_json, q.updated_at AS moved_at";

/// A mint and its place in the queue, if it lives.
#[derive(Clone, Debug, FromRow)]
pub(super) struct MintRow {
    pub(super) id: String,
    account_id: String,
    fingerprint: String,
    order_version: i64,
    order_json: String,
    outcome: String,
    accepted: i64,
    keyless: i64,
    version: i64,
    end_version: i64,
    end_json: String,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    state: Option<String>,
    fence: Option<i64>,
    live_version: Option<i64>,
    progress_version: Option<i64>,
    progress_json: Option<String>,
    moved_at: Option<i64>,
}

impl TryFrom<MintRow> for StoredMint {
    type Error = StoreError;

    fn try_from(row: MintRow) -> Result<Self, StoreError> {
        row.read().ok_or_else(|| StoreError::Unreadable(row.id.clone()))
    }
}

impl MintRow {
    fn read(&self) -> Option<StoredMint> {
        let progress: Progress = match (&self.progress_json, self.progress_version) {
            (Some(json), Some(version)) => read_json(version, json)?,
            _ => read_json(self.end_version, &self.end_json)?,
        };
        if progress.state.word() != self.state.as_deref().unwrap_or(&self.outcome) {
            return None;
        }
        let mint = Mint {
            id: self.id.parse().ok()?,
            account: self.account_id.clone(),
            order: read_json(self.order_version, &self.order_json)?,
            progress,
            is_accepted: self.accepted == 1,
            is_keyless: self.keyless == 1,
            version: self.live_version.unwrap_or(self.version),
            created_at: self.created_at,
            updated_at: self.moved_at.unwrap_or(self.updated_at),
        };
        let fingerprint = self.fingerprint.clone();
        Some(StoredMint { mint, fingerprint, fence: self.fence.unwrap_or_default() })
    }
}

fn read_json<T: DeserializeOwned>(version: i64, json: &str) -> Option<T> {
    if version == JSON_VERSION { serde_json::from_str(json).ok() } else { None }
}

/// JSON for a column beside [`JSON_VERSION`].
pub(super) fn write_json(value: &impl Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}

/// A row that can be read; another one is set aside: it is logged, and nobody works on it.
pub(super) fn readable(row: MintRow) -> Option<StoredMint> {
    StoredMint::try_from(row)
        .map_err(|error| tracing::error!(%error, "a stored mint cannot be read and is set aside"))
        .ok()
}

/// Where the store finds a mint whose event was read and is not final: number and hash of its block.
pub(super) fn minted_in(progress: &Progress) -> Option<(i64, String)> {
    let MintProof { location, .. } = progress.proof.as_ref().filter(|_| progress.state == State::Minted)?;
    Some((i64::try_from(location.block_number).unwrap_or(i64::MAX), location.block_hash.to_string()))
}

/// The transaction of a mint's event, or nothing.
pub(super) fn tx_of(progress: &Progress) -> String {
    progress.proof.as_ref().map(|proof| proof.location.tx.to_string()).unwrap_or_default()
}

/// The words of the states that a rule picks, as a list for SQL.
pub(super) fn sql_list(is_picked: impl Fn(State) -> bool) -> String {
    let words =
        State::ALL.into_iter().filter(|state| is_picked(*state)).map(|state| format!("'{}'", state.word()));
    words.collect::<Vec<_>>().join(", ")
}

/// An address as it is stored.
pub(super) fn text(address: Address) -> String {
    address.to_string()
}
