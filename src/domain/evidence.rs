//! Where on chain something was seen.

use alloy::primitives::B256;
use serde::{Deserialize, Serialize};

/// A transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxLocation {
    /// The transaction.
    pub tx: B256,
    /// Number of its block.
    pub block_number: u64,
    /// Hash of its block.
    pub block_hash: B256,
}

/// Where the mint event of a reference is: this is what "minted" means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MintProof {
    /// The transaction that holds the event, whoever delivered the report.
    pub location: TxLocation,
    /// Index of the event's log in the block.
    pub log_index: u64,
}
