//! A transaction receipt for people: what `GET /tx/{hash}` shows.

use alloy::primitives::{Address, B256};
use alloy::providers::Provider;
use alloy::rpc::types::TransactionReceipt;
use alloy::sol_types::SolEvent;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::bindings::{KeystoneForwarder, MintingConsumerWithACE, StablecoinERC20};
use super::client::Chain;
use super::rpc::ChainError;
use crate::domain::Verdict;

/// A decoded receipt.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Readable {
    /// The transaction.
    pub transaction_hash: B256,
    /// Whether the transaction itself succeeded; says nothing about a mint.
    pub status: &'static str,
    /// Number of its block.
    pub block_number: Option<u64>,
    /// Hash of its block.
    pub block_hash: Option<B256>,
    /// Who sent it.
    #[serde(serialize_with = "checksummed")]
    pub from: Address,
    /// The contract it called.
    #[serde(serialize_with = "checksummed_or_null")]
    pub to: Option<Address>,
    /// Gas it used.
    pub gas_used: String,
    /// Its logs, decoded where the event is known.
    pub logs: Vec<ReadableLog>,
}

/// One log.
#[derive(Clone, Debug, Serialize)]
pub struct ReadableLog {
    /// The contract that wrote it.
    #[serde(serialize_with = "checksummed")]
    pub address: Address,
    /// The event's name, or null when unknown.
    pub event: Option<&'static str>,
    /// Its values by name; topics and data when unknown.
    pub values: Value,
}

fn checksummed<S: Serializer>(address: &Address, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(address)
}

fn checksummed_or_null<S: Serializer>(address: &Option<Address>, to: S) -> Result<S::Ok, S::Error> {
    match address {
        Some(address) => to.collect_str(address),
        None => to.serialize_none(),
    }
}

impl Chain {
    /// A receipt in readable form, or `None` when the chain has none.
    pub async fn receipt(&self, hash: B256) -> Result<Option<Readable>, ChainError> {
        let found = self
            .endpoints
            .first(|provider| async move { Ok(provider.get_transaction_receipt(hash).await?) })
            .await?;
        Ok(found.map(|found| readable(&found)))
    }
}

/// Decodes a receipt.
fn readable(receipt: &TransactionReceipt) -> Readable {
    Readable {
        transaction_hash: receipt.transaction_hash,
        status: if receipt.status() { "success" } else { "reverted" },
        block_number: receipt.block_number,
        block_hash: receipt.block_hash,
        from: receipt.from,
        to: receipt.to,
        gas_used: receipt.gas_used.to_string(),
        logs: receipt.inner.logs().iter().map(|log| decode(&log.inner)).collect(),
    }
}

fn decode(log: &alloy::primitives::Log) -> ReadableLog {
    let (event, values) =
        known(log).unwrap_or_else(|| (None, json!({ "topics": log.topics(), "data": log.data.data })));
    ReadableLog { address: log.address, event, values }
}

fn known(log: &alloy::primitives::Log) -> Option<(Option<&'static str>, Value)> {
    if let Ok(e) = MintingConsumerWithACE::MintExecuted::decode_log(log) {
        let values =
            json!({ "bankRef": e.bankRef, "account": e.account.to_string(), "amount": e.amount.to_string() });
        return Some((Some("MintExecuted"), values));
    }
    if let Ok(e) = MintingConsumerWithACE::MintRejected::decode_log(log) {
        let reason = Verdict::new(e.code, e.policy).code.name();
        let values = json!({
            "bankRef": e.bankRef, "account": e.account.to_string(), "amount": e.amount.to_string(),
            "policy": e.policy.to_string(), "code": e.code, "reason": reason,
        });
        return Some((Some("MintRejected"), values));
    }
    if let Ok(e) = StablecoinERC20::Transfer::decode_log(log) {
        return Some((
            Some("Transfer"),
            json!({ "from": e.from.to_string(), "to": e.to.to_string(), "value": e.value.to_string() }),
        ));
    }
    if let Ok(e) = KeystoneForwarder::ReportProcessed::decode_log(log) {
        let values = json!({
            "receiver": e.receiver.to_string(), "workflowExecutionId": e.workflowExecutionId,
            "reportId": e.reportId, "result": e.result,
        });
        return Some((Some("ReportProcessed"), values));
    }
    None
}
