//! `GET /tx/{hash}`.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::base::wire::{AddressText, HashText};
use crate::chain::receipt::{Readable, ReadableLog};

/// A transaction, decoded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Transaction)]
pub struct TransactionAnswer {
    /// The chain.
    pub chain_id: u64,
    /// Whether its block can no longer vanish.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Its receipt.
    pub receipt: ReceiptAnswer,
}

/// A receipt.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Receipt)]
pub struct ReceiptAnswer {
    /// The transaction.
    pub transaction_hash: HashText,
    /// Whether the transaction itself succeeded; says nothing about a mint.
    #[schema(examples("success", "reverted"))]
    pub status: &'static str,
    /// Number of its block.
    #[schema(required = true)]
    pub block_number: Option<u64>,
    /// Hash of its block.
    #[schema(required = true)]
    pub block_hash: Option<HashText>,
    /// Who sent it.
    pub from: AddressText,
    /// The contract it called.
    #[schema(required = true)]
    pub to: Option<AddressText>,
    /// Gas it used.
    #[schema(pattern = "^[0-9]+$")]
    pub gas_used: String,
    /// Its logs.
    pub logs: Vec<LogAnswer>,
}

/// A log, decoded where the event is known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Log)]
pub struct LogAnswer {
    /// The contract that wrote it.
    pub address: AddressText,
    /// The event's name; null when it is unknown.
    #[schema(required = true, examples("MintExecuted", "MintRejected", "Transfer", "ReportProcessed"))]
    pub event: Option<&'static str>,
    /// The event's arguments by name; `topics` and `data` when it is unknown.
    #[schema(value_type = Object)]
    pub values: Value,
}

impl From<Readable> for ReceiptAnswer {
    fn from(receipt: Readable) -> Self {
        Self {
            transaction_hash: HashText(receipt.transaction_hash),
            status: receipt.status,
            block_number: receipt.block_number,
            block_hash: receipt.block_hash.map(HashText),
            from: AddressText(receipt.from),
            to: receipt.to.map(AddressText),
            gas_used: receipt.gas_used,
            logs: receipt.logs.into_iter().map(LogAnswer::from).collect(),
        }
    }
}

impl From<ReadableLog> for LogAnswer {
    fn from(log: ReadableLog) -> Self {
        Self { address: AddressText(log.address), event: log.event, values: log.values }
    }
}
