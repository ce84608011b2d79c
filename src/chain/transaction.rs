//! A transaction as one endpoint tells it: receipt, time and input.

use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{Address, B256, Bytes, Log};
use alloy::providers::Provider;
use serde::Deserialize;

use super::calls::block;
use super::client::Chain;
use super::rpc::ChainError;

/// A mined transaction.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Its hash.
    pub hash: B256,
    /// Whether it succeeded; says nothing about a mint.
    pub succeeded: bool,
    /// Number and hash of its block.
    pub block: Option<(u64, B256)>,
    /// The block's time, unix seconds.
    pub timestamp: Option<u64>,
    /// Who sent it.
    pub from: Address,
    /// The contract it called.
    pub to: Option<Address>,
    /// Gas it used.
    pub gas_used: u64,
    /// What it called the contract with.
    pub input: Bytes,
    /// What was logged in it.
    pub logs: Vec<Log>,
}

/// What is read of a transaction besides its receipt, whatever type it is of.
#[derive(Debug, Deserialize)]
struct Sent {
    input: Bytes,
}

impl Chain {
    /// A transaction that is in a block, or `None` when the chain has none of this hash.
    pub async fn transaction(&self, hash: B256) -> Result<Option<Transaction>, ChainError> {
        self.believed()?
            .first(|provider| async move {
                let Some(receipt) = provider.get_transaction_receipt(hash).await? else { return Ok(None) };
                let sent: Option<Sent> =
                    provider.raw_request("eth_getTransactionByHash".into(), (hash,)).await?;
                let timestamp = match receipt.block_number {
                    Some(number) => Some(block(&provider, BlockNumberOrTag::Number(number)).await?.timestamp),
                    None => None,
                };
                Ok(Some(Transaction {
                    hash,
                    succeeded: receipt.status(),
                    block: receipt.block_number.zip(receipt.block_hash),
                    timestamp,
                    from: receipt.from,
                    to: receipt.to,
                    gas_used: receipt.gas_used,
                    input: sent.map(|sent| sent.input).unwrap_or_default(),
                    logs: receipt.inner.logs().iter().map(|log| log.inner.clone()).collect(),
                }))
            })
            .await
    }
}
