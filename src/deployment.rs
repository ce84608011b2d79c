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
    /// The record of a chain in a folder; an empty one, where there is none or it is unreadable.
    #[must_use]
    pub fn read(folder: &Path, chain_id: u64) -> Self {
        let text = std::fs::read(folder.join(format!("{chain_id}.json"))).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }
}
