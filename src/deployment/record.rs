//! The deployment record that the deploy script writes: `deployments/<chain id>.json`.

use std::path::Path;

use alloy::primitives::Address;
use serde::Deserialize;

/// What the deploy script wrote down.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentRecord {
    /// The factory.
    pub basket_factory: Option<Address>,
    /// The KeystoneForwarder.
    pub forwarder: Option<Address>,
    /// The compliance lens.
    pub compliance_lens: Option<Address>,
    /// The basket that was created with it.
    pub first_basket: Option<RecordedBasket>,
}

/// A basket in the record.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedBasket {
    /// The token.
    pub stablecoin: Address,
    /// The consumer.
    pub minting_consumer: Address,
}

impl DeploymentRecord {
    /// The record of a chain in a folder; an empty one, where there is none.
    ///
    /// # Errors
    /// When there is one that cannot be read.
    pub fn read(folder: &Path, chain_id: u64) -> Result<Self, UnreadableRecord> {
        let unreadable = || UnreadableRecord(chain_id);
        match std::fs::read(folder.join(format!("{chain_id}.json"))) {
            Ok(text) => serde_json::from_slice(&text).map_err(|_| unreadable()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(_) => Err(unreadable()),
        }
    }
}

/// A record that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("DEPLOYMENTS_DIR has a record {0}.json, but it is no deployment record")]
pub struct UnreadableRecord(u64);
