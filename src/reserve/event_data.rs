//! What belongs to the logged events of baskets.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::wire::{AddressText, HashText, Timestamp};
use crate::domain::breaker::Reason;

/// A breaker that moved.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakerData {
    /// Whether mints pass now.
    pub state: &'static str,
    /// Whether they passed before.
    pub before: &'static str,
    /// Why it is not closed, each with a sentence.
    #[schema(value_type = BTreeMap<String, String>)]
    pub reasons: BTreeMap<Reason, String>,
    /// Whether a mint is under way as the probe; which one is its account's affair.
    pub probing: bool,
}

/// What an operator did.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorData<'a> {
    /// Minting consumer of the basket.
    pub consumer: AddressText,
    /// Why, as the operator wrote it.
    pub reason: &'a str,
    /// Who: the id of a key, or `anonymous`.
    pub by: &'a str,
}

/// Something on chain that people should know of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmData {
    /// Minting consumer of the basket.
    pub consumer: AddressText,
    /// The breaker's reason, where it is one.
    #[schema(required = true, value_type = Option<String>)]
    pub reason: Option<Reason>,
    /// What happened, as a sentence.
    pub message: &'static str,
    /// The contract that logged it.
    pub contract: AddressText,
    /// In which transaction.
    #[schema(required = true)]
    pub tx: Option<HashText>,
    /// In which block.
    #[schema(required = true)]
    pub block_number: Option<u64>,
    /// Whether it stops minting.
    pub stops: bool,
    /// What the timelock will call, where it was told to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled: Option<ScheduledData>,
}

/// A call that the timelock may carry out from a moment on, unless it is cancelled.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduledData {
    /// The operation, by which it is cancelled or carried out; several calls may belong to one.
    pub operation: HashText,
    /// The contract that will be called.
    pub target: AddressText,
    /// The function: its signature where it is one of ours, else its selector; empty for a plain transfer.
    pub call: String,
    /// From when on.
    pub at: Timestamp,
}

/// An attestation of the reserves, on schedule.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttestationData<'a> {
    /// How it ended.
    pub code: &'a str,
    /// The same as a sentence.
    pub message: &'a str,
    /// The feed's last round.
    pub round: u64,
}

/// The data as it is logged: one line of JSON.
pub(in crate::reserve) fn logged(data: &impl Serialize) -> String {
    // Such a structure has only keys that are texts, so it can always be written.
    serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned())
}
